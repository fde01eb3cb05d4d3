"""A pool of mpi4py.futures whose worker dies: prints how many results the caller got."""
import os, signal, sys, time
from mpi4py import MPI
from mpi4py.futures import MPIPoolExecutor


def compute(i):
    time.sleep(0.005)
    if i == 100:
        os.kill(os.getpid(), signal.SIGKILL)
    return i


if __name__ == "__main__":
    got = 0
    with MPIPoolExecutor() as pool:
        for _ in pool.map(compute, range(300)):
            got += 1
            print(got, flush=True)
