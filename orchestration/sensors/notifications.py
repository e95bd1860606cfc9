"""Telling a person: a failed run, or a release that is held. Off until a webhook or a mail address is set.

Here: what is said and how it is sent. Not here: when runs fail or releases are held. A message that cannot be sent is
logged and changes nothing else.
"""

import json
import smtplib
from collections.abc import Callable
from email.message import EmailMessage

import dagster as dg
import requests

from orchestration.runs.held import deciding_nb, held
from orchestration.runs.objections import asides
from orchestration.sensors.changes import TRIGGER_TAG, TRIGGERS_NB
from orchestration.workspace import Workspace
from warehouse.settings import Settings

_TIMEOUT_SECONDS = 15
_LONGEST_TEXT = 4000


def is_on(settings: Settings) -> bool:
    """Whether anybody is to be told."""
    return bool(_ways(settings))


def _ways(settings: Settings) -> dict[str, Callable[[Settings, str, str], None]]:
    """The ways that are set, each with what sends."""
    ways: dict[str, Callable[[Settings, str, str], None]] = {}
    if settings.notify_webhook:
        ways["webhook"] = _post
    if settings.notify_email and settings.smtp_host:
        ways["mail"] = _mail
    return ways


def notify(settings: Settings, subject: str, text: str) -> list[str]:
    """Send one message every way that is set; returns what went wrong, in words without addresses or secrets."""
    problems = []
    for name, send in _ways(settings).items():
        try:
            send(settings, subject, text[:_LONGEST_TEXT])
        except (requests.RequestException, OSError, smtplib.SMTPException) as problem:
            problems.append(f"{name}: {type(problem).__name__}")
    return problems


def _post(settings: Settings, subject: str, text: str) -> None:
    answer = requests.post(
        settings.notify_webhook,
        json={"subject": subject, "text": f"{subject}\n{text}"},
        timeout=_TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    answer.raise_for_status()


def _mail(settings: Settings, subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings.notify_sender or settings.notify_email
    message["To"] = settings.notify_email
    message.set_content(text)
    host, _, port = settings.smtp_host.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=_TIMEOUT_SECONDS) as server:
        server.send_message(message)


def held_releases(workspace: Workspace) -> dict[str, str]:
    """``dataset release`` -> why and how to decide, for every release that waits for a person or covers less than what serves."""
    found = {}
    for one in held(workspace):
        found[f"{one.dataset_id} {one.release_id}"] = (
            f"{'; '.join(one.reasons)}\n{deciding_nb(one.dataset_id, one.release_id)}"
        )
    for aside in asides(workspace):
        found[f"{aside.dataset_id} {aside.release_id}"] = f"{aside.file_name} er ikke i bruk: den {aside.why_nb}"
    return found


def notification_sensors(workspace: Workspace) -> list[dg.SensorDefinition]:
    """The two hooks, or none when nobody is to be told."""
    settings = workspace.settings
    if not is_on(settings):
        return []
    running = dg.DefaultSensorStatus.RUNNING if settings.sensors else dg.DefaultSensorStatus.STOPPED

    @dg.run_failure_sensor(
        name="tell_of_failed_run",
        default_status=running,
        description="Sier fra når en kjøring feiler.",
    )
    def tell_of_failed_run(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        trigger = TRIGGERS_NB.get(run.tags.get(TRIGGER_TAG, ""), "startet for hånd")
        text = f"Kjøring {run.run_id} ({trigger}) feilet: {context.failure_event.message}. Forrige utgave er fortsatt i bruk."
        for problem in notify(settings, "Integrering: en kjøring feilet", text):
            context.log.warning(f"not sent: {problem}")

    @dg.sensor(
        name="tell_of_held_release",
        default_status=running,
        minimum_interval_seconds=settings.sensor_seconds,
        job_name=None,
        description="Sier fra når en utgave er holdt tilbake eller ikke tatt i bruk.",
    )
    def tell_of_held_release(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        held = held_releases(workspace)
        told = set(json.loads(context.cursor or "[]"))
        new, unsent = set(held) - told, set()
        for name in sorted(new):
            problems = notify(settings, f"Integrering: {name} er ikke tatt i bruk", held[name])
            for problem in problems:
                context.log.warning(f"not sent: {problem}")
            if len(problems) == len(_ways(settings)):
                unsent.add(name)  # nobody heard: told again in the next tick
        context.update_cursor(json.dumps(sorted(set(held) - unsent)))
        return dg.SkipReason(
            f"{len(held)} utgaver er ikke tatt i bruk, {len(new)} av dem nye; om {len(unsent)} er ingen varslet ennå"
        )

    return [tell_of_failed_run, tell_of_held_release]
