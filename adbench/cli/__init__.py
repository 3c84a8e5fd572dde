"""The command line: one file per verb, imported when the verb is used.

Nothing here imports numpy, pandas, torch or rich at start-up, so that ``adbench --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
import traceback

import click

from adbench import __version__
from adbench.api.errors import AdbenchError, UnknownNameError
from adbench.cli.lazy import LazyGroup

__all__ = ["cli", "main"]

_VERBS = {
    "run": "adbench.cli.run",
    "study": "adbench.cli.study",
    "submit": "adbench.cli.submit",
    "status": "adbench.cli.status",
    "logs": "adbench.cli.logs",
    "leaderboard": "adbench.cli.leaderboard",
    "plot": "adbench.cli.plot",
    "search": "adbench.cli.search",
    "combine": "adbench.cli.combine",
    "results": "adbench.cli.results",
    "list": "adbench.cli.listing",
    "show": "adbench.cli.show",
    "datasets": "adbench.cli.datasets",
    "plugins": "adbench.cli.plugins",
    "check": "adbench.cli.check",
    "new": "adbench.cli.new",
    "score": "adbench.cli.score",
    "info": "adbench.cli.info",
    "completion": "adbench.cli.completion",
    "run-one": "adbench.cli.run_one",
}

EXIT_CODES = """\b
Exit codes:
  0    everything asked for is there
  1    some runs or checks failed; the table says which and why
  2    the request is wrong: an unknown name, option or parameter
  3    something is missing: no results yet, a package or plugin
  4    a data file or folder breaks its format
  130  interrupted; the same command continues
"""


class _Verbs(LazyGroup):
    """Our verbs; plugins add theirs by hook."""

    verbs = _VERBS
    _asked_plugins = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return our verbs in the order of a first session, then those of plugins."""
        self._ask_plugins()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command."""
        if cmd_name not in _VERBS:
            self._ask_plugins()
        return super().get_command(ctx, cmd_name)

    def _ask_plugins(self) -> None:
        if self._asked_plugins:
            return
        self._asked_plugins = True
        from adbench.plugins import plugins

        found = plugins()
        for hook in found.manager.hook.adbench_commands.get_hookimpls():
            try:
                hook.function(cli=self)
            except Exception as error:  # noqa: BLE001  a plugin's commands must not end ours
                found.report(found.trouble(hook.plugin_name, "adbench_commands", error))


@click.group(cls=_Verbs, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="adbench %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Find out how good an anomaly detector for LHC events really is.

    Train detectors on Standard Model events, score every signal in every channel, and rank them against each
    other by the six methods of the Dark Machines challenge.

    \b
      adbench run --detector gcn_vae_householder --channel all
      adbench leaderboard
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; an error of ours is one line on stderr and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]  # taken anywhere on the line
    if debug and given:
        given.insert(0, "--debug")  # where a verb finds it: among the parameters of the root context
    try:
        code = cli.main(given, prog_name="adbench", standalone_mode=False)
    except click.exceptions.Exit as leave:
        code = leave.exit_code
    except click.exceptions.NoArgsIsHelpError as alone:  # a group without a verb: its help, not a sentence
        click.echo(alone.format_message(), err=True)
        code = alone.exit_code
    except click.ClickException as error:
        code = error.exit_code
        _complain(_one_line(error), error, debug)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = 130
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except AdbenchError as error:
        code = error.exit_code
        _complain(str(error), error, debug)
        if isinstance(error, UnknownNameError):
            _mention_broken_plugins()
    except Exception as error:  # noqa: BLE001  the last resort: one line instead of a traceback
        code = 1
        text = " ".join(str(error).split())
        _complain(f"{type(error).__name__}: {text} ({_origin(error)}; --debug shows where)", error, debug)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(text: str, error: Exception, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    click.echo(f"error: {text}", err=True)


def _origin(error: Exception) -> str:
    """Return whose bug an unexpected error is: adbench's own, unless a plugin's code had part in it."""
    from adbench.cli.blame import raised_by

    plugin = raised_by(error)
    return f"a bug of {plugin}" if plugin else "a bug of adbench"


def _one_line(error: click.ClickException) -> str:
    """Return what click has to say about an option, and where the options are listed."""
    context = getattr(error, "ctx", None)
    command = "adbench" if context is None else context.command_path
    text = " ".join(error.format_message().split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}. All: {command} --help"


def _mention_broken_plugins() -> None:
    """Say which plugins could not be loaded: the name asked for may be one of theirs."""
    from adbench.plugins import plugins

    for problem in plugins().problems:
        click.echo(f"warning: {problem}", err=True)
