"""The peer that Python users reach for: mpi4py.futures.

mpirun -np 2 python3 -m mpi4py.futures futures.py TASKS prints the tasks a second.
"""

import sys
import time

from mpi4py.futures import MPIPoolExecutor


def nothing(task):
    return task


if __name__ == "__main__":
    count = int(sys.argv[1])
    with MPIPoolExecutor() as executor:
        executor.submit(nothing, 0).result()
        started = time.perf_counter()
        for _ in executor.map(nothing, range(count)):
            pass
        print(round(count / (time.perf_counter() - started)))
