"""The command that serves the live page."""

from typing import Annotated

import typer

from lossproof.cli.app import DEFAULT_STORE, app
from lossproof.cli.options import Device, Models, Split, Threads, threads_of


@app.command(epilog="Example: lossproof explore --data tinytown")
def explore(
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="Dataset layout and folder, NAME:PATH, or the built-in tinytown, which is the "
            "default. May be repeated."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="As in a sweep, beside those that come with lossproof. May be repeated."),
    ] = None,
    split: Split = None,
    store: Models = DEFAULT_STORE,
    device: Device = "cpu",
    threads: Threads = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this machine reach 0.0.0.0.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at; 0 is any that is free.")] = 7860,
) -> None:
    """A page in the browser: move the level, and see picture, prediction, bytes and score move.

    Nobody is let in without the token of the printed address. Nothing is sent anywhere. Ctrl-C
    ends it, and removes what was uploaded.
    """
    from lossproof.console.worlds import prepare
    from lossproof.explorer.offer import Offer
    from lossproof.explorer.serving import Address, serve
    from lossproof.runs.sweep import Machine
    from lossproof.training import Shelf, in_full

    address = Address(host, port)
    offer = Offer(
        data=tuple(data or ["tinytown"]),
        models=tuple(in_full(Shelf(store), spec) for spec in model or ()),
        split=split,
        machine=Machine(threads_of(threads), device),
        runs_code=address.is_loopback,
    )
    for name, task in offer.first_tasks.items():
        prepare(name, task=task)
        offer.samples(name, task)
    serve(offer, address, ready=lambda url: print(f"the explorer is at {url}", flush=True))
