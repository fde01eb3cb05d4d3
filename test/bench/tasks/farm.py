"""The peer in Python: the loop of farm.c with mpi4py's buffer calls.

mpirun -np 2 python3 farm.py TASKS DEPTH prints the tasks a second.
"""

import sys
from array import array

from mpi4py import MPI

world = MPI.COMM_WORLD
count, depth = int(sys.argv[1]), int(sys.argv[2])
task = array("q", [0, 0])


def coordinate():
    status = MPI.Status()
    sent = 0
    world.Barrier()
    started = MPI.Wtime()
    while sent < min(depth, count):
        task[0] = sent
        world.Send(task, 1, 1)
        sent += 1
    for _ in range(count):
        world.Recv(task, MPI.ANY_SOURCE, 2, status)
        if sent < count:
            task[0] = sent
            world.Send(task, status.Get_source(), 1)
            sent += 1
    seconds = MPI.Wtime() - started
    task[0] = -1
    world.Send(task, 1, 1)
    print(round(count / seconds))


def work():
    world.Barrier()
    while True:
        world.Recv(task, 0, 1)
        if task[0] < 0:
            return
        world.Send(task, 0, 2)


coordinate() if world.rank == 0 else work()
