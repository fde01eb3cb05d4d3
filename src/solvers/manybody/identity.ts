/** What runs of the solver are known by. */

export const solverName = 'manybody';

/** Another one where the same input would have other results. */
export const kernelVersion = '2';
