/** In which order cases may and should be computed, and what each occupies. Changes no result. */

/** Priority rules by name: higher levels first, dearer cases first, the order of the study. */
export const priorityRules = ['nbody_first', 'cost_first', 'fifo'] as const;
export type PriorityRule = (typeof priorityRules)[number];

/** Formulas are over the study's columns, each one number a case. */
export interface StudyTasks {
  /** Column that names each case; texts or whole numbers, all different. */
  readonly id?: string;
  /** Text column with the ids of the cases that must have completed before, separated by blanks or commas. */
  readonly dependsOn?: string;
  /** Cases of a level wait for all those of lower ones. */
  readonly level?: string;
  /** Larger ones first among those that may start. */
  readonly priority?:
    | { readonly kind: 'rule'; readonly rule: PriorityRule }
    | { readonly kind: 'formula'; readonly formula: string };
  /** What a case occupies while it is computed. */
  readonly resources?: { readonly cores?: string; readonly memoryBytes?: string; readonly gpus?: string };
}
