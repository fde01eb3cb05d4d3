/*
 * The peer in C: rank 0 hands out tasks of 16 bytes one a message, `depth` ahead, and gets 16 bytes back for each.
 * mpirun -np 2 farm TASKS DEPTH prints the tasks a second.
 */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct task {
  int64_t id;
  int64_t value;
};

static void coordinate(int64_t count, int64_t depth, int workers) {
  MPI_Status status;
  struct task task = {0, 0};
  int64_t sent = 0;
  MPI_Barrier(MPI_COMM_WORLD);
  const double started = MPI_Wtime();
  for (int64_t ahead = 0; ahead < depth; ahead++) {
    for (int worker = 1; worker <= workers && sent < count; worker++) {
      task.id = sent++;
      MPI_Send(&task, sizeof task, MPI_BYTE, worker, 1, MPI_COMM_WORLD);
    }
  }
  for (int64_t received = 0; received < count; received++) {
    MPI_Recv(&task, sizeof task, MPI_BYTE, MPI_ANY_SOURCE, 2, MPI_COMM_WORLD, &status);
    if (sent < count) {
      task.id = sent++;
      MPI_Send(&task, sizeof task, MPI_BYTE, status.MPI_SOURCE, 1, MPI_COMM_WORLD);
    }
  }
  const double seconds = MPI_Wtime() - started;
  task.id = -1;
  for (int worker = 1; worker <= workers; worker++) MPI_Send(&task, sizeof task, MPI_BYTE, worker, 1, MPI_COMM_WORLD);
  printf("%.0f\n", (double)count / seconds);
}

static void work(void) {
  struct task task;
  MPI_Barrier(MPI_COMM_WORLD);
  for (;;) {
    MPI_Recv(&task, sizeof task, MPI_BYTE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (task.id < 0) return;
    task.value = task.id;
    MPI_Send(&task, sizeof task, MPI_BYTE, 0, 2, MPI_COMM_WORLD);
  }
}

int main(int argc, char **argv) {
  int rank;
  int size;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (argc == 3 && size > 1) {
    if (rank == 0) coordinate(atoll(argv[1]), atoll(argv[2]), size - 1);
    else work();
  }
  MPI_Finalize();
  return 0;
}
