"""Functions run by several processes at once, as torchrun starts them."""

import multiprocessing
import os
import socket

PRELOADED = (
    "tests.train.test_distribution",
    "tests.tasks.test_together",
    "tests.tasks.test_meeting",
    "seqkit.cli.training_report",
    "seqkit.cli.tagging_report",
    "seqkit.cli.classifying_report",
    "seqkit.cli.translating_report",
    "seqkit.cli.imaging_report",
    "seqkit.cli.word2vec_report",
    "torch._dynamo",  # every optimizer of torch imports it
    "torch.distributed",
)


def run(function, size, *arguments):
    """What `function` returns in each of `size` processes; all must end well within a minute."""
    started = start(function, size, *arguments)
    try:
        for process, _ in started:
            process.join(60)
            assert process.exitcode == 0, (process.name, process.exitcode)
        return [receiver.recv() for _, receiver in started]
    finally:
        for process, _ in started:
            process.kill()


def start(function, size, *arguments):
    """Start `size` processes that find each other: each, and the end of a pipe with its result."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))  # of no effect once the server has started
    port, started = free_port(), []
    for rank in range(size):
        receiver, sender = context.Pipe(duplex=False)
        given = (sender, function, rank, size, port, arguments)
        process = context.Process(target=_be, args=given, name=f"process {rank} of {size}")
        process.start()
        started.append((process, receiver))
    return started


def free_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def _be(sender, function, rank, size, port, arguments):
    numbers = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "MASTER_PORT": port}
    os.environ |= {name: str(number) for name, number in numbers.items()}
    os.environ["MASTER_ADDR"] = "127.0.0.1"
    sender.send(function(*arguments))
