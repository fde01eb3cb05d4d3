/*
 * To preload into ranks of MPICH 4.0 over UCX, as Debian 12 has it: between hosts its MPI_Finalize waits for ever where a
 * rank has ended its own connections and no longer answers the others' (pmodels/mpich, pull request 6596). Here all
 * that was sent arrives before, by a message from each rank to each other, and connections are left to the exit.
 */
#include <mpi.h>

int MPI_Finalize(void) {
  int rank, size;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  PMPI_Comm_size(MPI_COMM_WORLD, &size);
  for (int round = 0; round < 2; round++) {
    for (int step = 1; step < size; step++) {
      PMPI_Sendrecv(0, 0, MPI_BYTE, (rank + step) % size, 32000, 0, 0, MPI_BYTE, (rank + size - step) % size, 32000,
                    MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
  }
  return PMPI_Finalize();
}

void *ucp_disconnect_nb(void *endpoint);
void *ucp_disconnect_nb(void *endpoint) {
  (void)endpoint;
  return 0;
}
