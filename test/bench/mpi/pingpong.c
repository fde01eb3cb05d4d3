/* The peer of pingpong.ts: the same messages, the same JSON lines, in C. Usage: pingpong [maxBytes] */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static double half_round_trip(int rank, char *data, int bytes, int count)
{
    MPI_Barrier(MPI_COMM_WORLD);
    double started = MPI_Wtime();
    for (int i = 0; i < count; i++) {
        if (rank == 0) {
            MPI_Send(data, bytes, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
            MPI_Recv(data, bytes, MPI_BYTE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(data, bytes, MPI_BYTE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(data, bytes, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
        }
    }
    return (MPI_Wtime() - started) / count / 2;
}

int main(int argc, char **argv)
{
    int rank = 0;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    long max_bytes = argc > 1 ? atol(argv[1]) : 1L << 22;
    char *data = calloc(1, (size_t)max_bytes);
    if (!data) MPI_Abort(MPI_COMM_WORLD, 1);
    for (long bytes = 8; bytes <= max_bytes; bytes *= 8) {
        /* About 16 MiB or 10,000 round trips a size, whichever is less. */
        long count = (16L << 20) / bytes;
        if (count > 10000) count = 10000;
        half_round_trip(rank, data, (int)bytes, (int)(count / 10 + 1));
        double best = 1e9;
        for (int round = 0; round < 5; round++) {
            double seconds = half_round_trip(rank, data, (int)bytes, (int)(count / 5 + 1));
            if (seconds < best) best = seconds;
        }
        if (rank == 0) {
            printf("{\"bytes\":%ld,\"us\":%.4g,\"MBps\":%.4g}\n", bytes, best * 1e6, (double)bytes / best / 1e6);
            fflush(stdout);
        }
    }
    free(data);
    MPI_Finalize();
    return 0;
}
