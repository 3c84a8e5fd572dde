"""Dask clusters: one that is there, or one that is asked for and given back."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from adbench.api.errors import MissingError, UnknownNameError, UsageError
from adbench.executors.base import ExecutorOptions
from adbench.executors.resources import Resources, slurm_time
from adbench.runs.task import Task

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["CLUSTERS", "connected"]

CLUSTERS = ("local", "htcondor", "slurm")
"""Kinds of clusters that can be asked for."""

_INSTALL = "install it: pip install 'adbench-lhc[dask]'"
_DISK = "2 GB"  # of a job on HTCondor, where the Dask configuration names none
_SCHEDULER = {
    # Only workers die here, never runs: a run has to be unlucky this often before it is given up.
    "distributed.scheduler.allowed-failures": 5,
    # A worker gets its next run when it has done the last, so that none waits behind a long one.
    "distributed.scheduler.worker-saturation": 1.0,
}


@contextlib.contextmanager
def connected(options: ExecutorOptions, tasks: Sequence[Task]) -> Iterator[Client]:
    """Connect to the scheduler, or start a cluster, that the options name; close what was opened here.

    Raises:
        UsageError: neither or both of scheduler and cluster are named.
        UnknownNameError: no such kind of cluster.
        MissingError: Dask is not installed, or no scheduler answers.
    """
    if bool(options.scheduler) == bool(options.cluster):
        msg = f"--executor dask takes one of --scheduler ADDRESS and --cluster {'|'.join(CLUSTERS)}"
        raise UsageError(msg)
    try:
        import dask
        import distributed
    except ImportError as error:
        msg = f"--executor dask needs Dask ({error}); {_INSTALL}"
        raise MissingError(msg) from error
    with contextlib.ExitStack() as opened:
        if options.cluster:
            opened.enter_context(dask.config.set(_SCHEDULER))
            target: Any = opened.enter_context(_cluster(options, tasks))
        else:
            target = options.scheduler
        try:
            client = opened.enter_context(distributed.Client(target, name="adbench", set_as_default=False))
        except (OSError, ValueError) as error:
            msg = f"no Dask scheduler answers at {options.scheduler}: {error}; 'dask scheduler' prints its address"
            raise MissingError(msg) from error
        yield client


def _cluster(options: ExecutorOptions, tasks: Sequence[Task]) -> Any:
    """Return a cluster of workers that do one run at a time and leave memory to whoever supervises the run."""
    jobs = min(options.jobs, len(tasks))
    if options.cluster == "local":
        import distributed

        return distributed.LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            memory_limit=None,
            dashboard_address=None,
            preload=["adbench.executors.daskworker"],  # its dask_setup
        )
    if options.cluster not in CLUSTERS:
        raise UnknownNameError("cluster", str(options.cluster), CLUSTERS)
    try:
        import dask_jobqueue
    except ImportError as error:
        msg = f"--cluster {options.cluster} needs dask-jobqueue ({error}); {_INSTALL}"
        raise MissingError(msg) from error
    wanted = Resources.enough_for(tasks, options.walltime)
    make, asked = _ON_QUEUE[options.cluster]
    cluster = getattr(dask_jobqueue, make)(**_shared(wanted, tasks), **asked(wanted))
    # One worker per run that waits or runs: without this, Dask packs runs that it believes to be short.
    cluster.adapt(minimum=0, maximum=jobs, target_duration="10ms")
    return cluster


def _shared(wanted: Resources, tasks: Sequence[Task]) -> dict[str, Any]:
    """Return the arguments for either batch system; queue and account come from the Dask configuration."""
    margin = min(600.0, 0.1 * (wanted.seconds or 0.0))
    arguments: dict[str, Any] = {
        "cores": wanted.threads,
        "memory": f"{wanted.memory} MiB",
        "processes": 1,
        "python": shlex.quote(sys.executable),
        "job_name": "adbench",
        # The last of two equal options counts: one run at a time, on all cores of the job, and no limit on the
        # worker's own memory. A worker leaves before its job is ended, and not all of them at once.
        "worker_extra_args": [
            "--nthreads", "1", "--memory-limit", "0",
            "--lifetime", f"{(wanted.seconds or 0.0) - margin:.0f}s", "--lifetime-stagger", f"{0.4 * margin:.0f}s",
        ],
    }  # fmt: skip
    logs = str(tasks[0].results / "batch" / "dask")
    if shlex.quote(logs) == logs:  # job scripts hold this path as it is
        arguments["log_directory"] = logs
    return arguments


def _on_htcondor(wanted: Resources) -> dict[str, Any]:
    import dask

    extra = dict(dask.config.get("jobqueue.htcondor.job-extra-directives", None) or {})
    extra["+MaxRuntime"] = f"{wanted.seconds:.0f}"
    if wanted.gpus:
        extra["request_gpus"] = str(wanted.gpus)
    disk = dask.config.get("jobqueue.htcondor.disk", None) or _DISK
    return {"disk": disk, "job_extra_directives": extra}


def _on_slurm(wanted: Resources) -> dict[str, Any]:
    import dask

    extra = list(dask.config.get("jobqueue.slurm.job-extra-directives", None) or [])
    if wanted.gpus:
        extra.append(f"--gpus={wanted.gpus}")
    return {"walltime": slurm_time(wanted.seconds or 0.0), "job_extra_directives": extra}


_ON_QUEUE = {"htcondor": ("HTCondorCluster", _on_htcondor), "slurm": ("SLURMCluster", _on_slurm)}
