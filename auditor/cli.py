"""The command line. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from auditor.ending import complain, give_up, leave
from auditor.errors import BranchDriftError
from auditor.helping import Group, show_version
from auditor.system import streams

_FORGES = ("github", "gitlab", "gitea", "bitbucket-cloud", "bitbucket-server", "azure")
_FORMATS = ("table", "json", "html", "csv", "markdown", "junit", "sarif", "xlsx")
_EXITS = """\b
Exit status:
  0  every pair is in sync and no rule of severity error is broken
  1  drift, or a broken rule of severity error
  2  bad usage or configuration: nothing was scanned
  3  incomplete: something could not be judged or written (wins over 1), another run holds the lock, there is no git
     that can be used, or the program itself failed
"""
_PLAN_EXITS = """\b
Exit status:
  0  nothing is left to do
  1  something is: the plan says what
  2  bad usage or configuration: nothing was scanned
  3  a forge or a repository could not be asked, or refused (wins over 1), or the program itself failed
"""

_PAIR_EXITS = """\b
Exit status:
  0  the pair is in sync
  1  it drifts
  2  bad usage or configuration: nothing was told
  3  it cannot be established (wins over 1), or the program itself failed
"""

_VERIFY_EXITS = """\b
Exit status:
  0  everything is as it was written
  1  something is not: each is named
  2  bad usage or configuration
  3  the ledger, a pack or an anchor cannot be read, or something could not be checked (1 wins over 3)
"""

# Whether it can be read is for the audit to find: one that cannot costs the others nothing.
_REPOSITORY = click.Path(path_type=Path, readable=False)

_config_option = click.option("-c", "--config", type=click.Path(path_type=Path), help="Configuration file (YAML).")
_main_option = click.option("--main", "main_", metavar="NAME", help="The branch production is released from.")
_log_option = click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    help="json: one JSON object a repository on standard error, instead of a line or the progress bar.",
)
_engine_options = (
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Repositories at a time (one per processor)."),
    click.option(
        "--engine", type=click.Choice(("local", "dask")), default="local", help="Where repositories are audited."
    ),
    click.option("--scheduler", metavar="ADDRESS", help="The Dask cluster's scheduler, such as tcp://scheduler:8786."),
)


def _with_engine(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_engine_options):
        command = option(command)
    return command


_backmerge_options = (
    click.option("--backmerge", is_flag=True, help="Then open, update and close the pull requests that end drift."),
    click.option(
        "--max", "most", type=click.IntRange(0), metavar="N", help="With --backmerge: open at most so many (10)."
    ),
    click.option("--max-per-branch", type=click.IntRange(0), metavar="N", help="And so many for one branch."),
)


def _with_backmerge(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_backmerge_options):
        command = option(command)
    return command


@click.group(epilog=_EXITS, cls=Group)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Find hotfixes that are missing from environment branches, say how that is known, and since when."""


@cli.command(epilog=_EXITS, short_help="Audit repositories, and write what was found.")
@click.argument("repositories", metavar="[REPO]...", nargs=-1, type=_REPOSITORY)
@_config_option
@click.option("--format", "form", type=click.Choice(_FORMATS), default="table", help="What to write.")
@click.option("-o", "--output", default="-", metavar="FILE|-", help="Where to write it (standard output).")
@_main_option
@click.option("--branch", "branches", multiple=True, metavar="NAME", help="An environment branch (repeatable).")
@click.option("--metrics-textfile", type=click.Path(path_type=Path), help="Also write Prometheus metrics here.")
@click.option("--pushgateway", metavar="URL", help="Also push the metrics to this Prometheus Pushgateway.")
@click.option("--pushgateway-group", metavar="NAME", help="As this group, label instance (the configuration's path).")
@click.option(
    "--report-dir", type=click.Path(path_type=Path), help="Also write index.html, pages, audit.json and audit.csv here."
)
@click.option(
    "--assets",
    type=click.Choice(("inline", "linked")),
    default="inline",
    help="linked: style and script of the report's pages as files beside them.",
)
@_with_engine
@_with_backmerge
@click.option("--no-ledger", is_flag=True, help="Remember nothing of this run, and use nothing remembered.")
@click.option("--quiet", is_flag=True, help="Write nothing but the result.")
@_log_option
def scan(**options: Any) -> None:
    """Audit repositories: those of a configuration, those named, or the one of the working directory."""
    from auditor.commands import scan as command

    leave(lambda: command.run(command.Options(**options)), options["log_format"])


@cli.command(epilog=_EXITS)
@click.option("-c", "--config", type=click.Path(path_type=Path), required=True, help="Configuration file (YAML).")
@click.option("--run", type=click.IntRange(1), metavar="N", help="The run with this number (the last finished one).")
@click.option("--as-of", metavar="DATE", help="The last run that had finished as this day ended (UTC).")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="table", help="What to write.")
@click.option("-o", "--output", default="-", metavar="FILE|-", help="Where to write it (standard output).")
@click.option("--pack", type=click.Path(path_type=Path), metavar="FILE", help="Also write the run's evidence pack.")
@click.option("--sign", is_flag=True, help="Sign the pack with the key of your git configuration (user.signingkey).")
@click.option("--quiet", is_flag=True, help="Write nothing but the result.")
def report(**options: Any) -> None:
    """Write an earlier run as it was recorded, without scanning. The exit status is that run's."""
    from auditor.commands import report as command

    leave(lambda: command.run(command.Options(**options)))


@cli.command(epilog=_VERIFY_EXITS, short_help="Check an evidence pack, or the ledger.")
@click.argument("pack", required=False, type=click.Path(path_type=Path))
@click.option(
    "--repo",
    "repositories",
    multiple=True,
    metavar="NAME=PATH",
    help="Judge this repository of the pack again from the recorded refs, and run its check commands (repeatable).",
)
@click.option(
    "--allowed-signers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who must have signed the pack, as ssh-keygen has it (gpg.ssh.allowedSignersFile of your git configuration).",
)
@click.option("--ledger", is_flag=True, help="Verify the ledger of a configuration: every row, the chain, the anchors.")
@_config_option
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Anchors, beside those of the configuration (repeatable).",
)
def verify(**options: Any) -> None:
    """Check an evidence pack, or the ledger: that what was recorded is what was written, and holds.

    A pack is checked on its own. With -c its run is looked up in that ledger, with --anchor among anchors.
    """
    from auditor.commands import verify as command

    leave(lambda: command.run(command.Options(**options)))


@cli.command(epilog=_PAIR_EXITS, short_help="Tell the whole trail of one verdict, with its proof.")
@click.argument("tag")
@click.argument("branch")
@click.argument("repository", required=False, type=_REPOSITORY)
@_config_option
@_main_option
def explain(tag: str, branch: str, repository: Path | None, config: Path | None, main_: str | None) -> None:
    """Tell the whole trail of one verdict, with the commands that prove it."""
    from auditor.commands import explain as command

    leave(lambda: command.run(tag, branch, repository, config, main_))


@cli.command(epilog=_PLAN_EXITS, short_help="Plan, or with --apply open, what would end the drift.")
@click.option("-c", "--config", type=click.Path(path_type=Path), required=True, help="Configuration file (YAML).")
@click.option("--run", type=click.IntRange(1), metavar="N", help="Plan from this run of the ledger, without a scan.")
@click.option("--apply", is_flag=True, help="Push the branches and open, update and close the pull requests.")
@click.option("--repository", "repositories", multiple=True, metavar="NAME", help="Only this one (repeatable).")
@click.option("--tag", "tags", multiple=True, metavar="NAME", help="Only this hotfix (repeatable).")
@click.option("--branch", "branches", multiple=True, metavar="NAME", help="Only this branch (repeatable).")
@click.option("--max", "most", type=click.IntRange(0), metavar="N", help="Open at most so many in this run.")
@click.option("--max-per-branch", type=click.IntRange(0), metavar="N", help="And so many for one branch.")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", help="What to write.")
@click.option("-o", "--output", default="-", metavar="FILE|-", help="Where to write it (standard output).")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Repositories at a time (one per processor).")
@click.option("--quiet", is_flag=True, help="Write nothing but the result.")
def backmerge(**said: Any) -> None:
    """Plan the pull requests that would end the drift, and with --apply open them."""
    from auditor.backmerge.draft import Wanted
    from auditor.backmerge.plan import Caps
    from auditor.commands import backmerge as command

    wanted = Wanted(said.pop("repositories"), said.pop("tags"), said.pop("branches"))
    caps = Caps(said.pop("most"), said.pop("max_per_branch"))
    leave(lambda: command.run(command.Options(**said, wanted=wanted, caps=caps)))


@cli.command()
@click.option("-c", "--config", type=click.Path(path_type=Path), required=True, help="Configuration file (YAML).")
@click.option("--listen", default="127.0.0.1:9847", show_default=True, metavar="ADDRESS:PORT", help="Where to listen.")
@click.option(
    "--schedule", metavar="CRON", help="When to scan, such as '30 2 * * *'; without it, what is there is served."
)
@click.option("--time-zone", metavar="NAME", help="The schedule's time zone (UTC).")
@click.option("--jitter", default="0s", show_default=True, metavar="DURATION", help="Put off each scan by up to this.")
@click.option("--once-at-start", is_flag=True, help="Scan at once, too.")
@click.option("--web-config", type=click.Path(path_type=Path), help="TLS and basic authentication (YAML).")
@click.option("--keep", type=click.IntRange(1), default=14, show_default=True, metavar="N", help="Runs to keep.")
@_with_engine
@_with_backmerge
@click.option("--quiet", is_flag=True, help="Say nothing of single repositories.")
@_log_option
def serve(**options: Any) -> None:
    """Serve metrics and reports over HTTP, and scan by a schedule."""
    from auditor.commands import scan as scanning
    from auditor.commands import serve as command

    log_format = options["log_format"]
    passed = ("jobs", "engine", "scheduler", "quiet", "backmerge", "most", "max_per_branch")
    scan = scanning.Options(**{name: options.pop(name) for name in passed}, log_format=log_format)
    leave(lambda: command.run(command.Options(**options, scan=scan)), log_format)


@cli.command(short_help="Write a starter configuration for a repository or a forge.")
@click.argument("repository", required=False, type=_REPOSITORY)
@click.option("-o", "--output", default="branch-drift.yaml", metavar="FILE|-", help="Where to write it.")
@click.option("--forge", type=click.Choice(_FORGES), help="Look at a forge instead of a repository.")
@click.option("--owner", metavar="NAME", help="The forge's organisation or group.")
@click.option("--url", metavar="URL", help="The forge's address (its public one).")
@click.option("--token-env", metavar="NAME", help="The variable with the token (GITHUB_TOKEN and so on, if set).")
def init(
    repository: Path | None, output: str, forge: str | None, owner: str | None, url: str | None, token_env: str | None
) -> None:
    """Write a commented starter configuration from a look at a repository, or at a forge."""
    from auditor.commands import init as command
    from auditor.commands import init_forge

    if forge is not None and repository is not None:
        raise click.UsageError("name a repository, or a forge, not both")
    if forge is not None:
        leave(lambda: init_forge.run(forge, owner, url, token_env, output))
    if owner or url or token_env:
        raise click.UsageError("--owner, --url and --token-env go with --forge")
    leave(lambda: command.run(repository or Path(), output))


@cli.command("check-config", short_help="Name every fault of a configuration, with its line.")
@click.argument("file", type=click.Path(path_type=Path), default="branch-drift.yaml")
def check_config(file: Path) -> None:
    """Check a configuration and name every fault in it, with its line."""
    from auditor.commands import check_config as command

    leave(lambda: command.run(file))


@cli.command(short_help="Print a JSON Schema: config, audit, plan or notice.")
@click.argument("which", type=click.Choice(("config", "audit", "plan", "notice")))
def schema(which: str) -> None:
    """Print the JSON Schema of the configuration, the audit document, the plan of back-merges, or a notice."""
    from auditor.commands import schema as command

    leave(lambda: command.run(which))


def main() -> None:
    """The `branch-drift` command."""
    # Whatever else is installed beside it takes no part in an audit; to look for it takes longer than to read YAML.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    streams.settle()
    try:
        sys.exit(cli.main(prog_name="branch-drift", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        complain(("interrupted",))
        sys.exit(130)
    except BranchDriftError as error:
        complain((str(error),))
        sys.exit(3)
    except Exception as error:
        give_up(error)
    finally:
        # All that is left goes with the process: it is not searched for cycles at the end.
        gc.freeze()
