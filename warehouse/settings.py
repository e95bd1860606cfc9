"""The settings of one installation, from settings.toml and INTEGRERING_* environment variables (which win).

Here: what an installation may choose. Not here: anything about a dataset (its spec) or a figure (dbt).
"""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from warehouse.errors import WrongSetting
from warehouse.last_run import last_run
from warehouse.paths import DataFolder
from warehouse.places import UnknownPlace, find_municipality, shipped_municipalities

PROJECT = Path(__file__).parents[1]
"""The checkout: where dbt_project/ and settings.toml lie."""


class Settings(BaseSettings):
    """Settings of an installation. Unknown keys in settings.toml are an error, so that a misspelling is seen."""

    model_config = SettingsConfigDict(
        env_prefix="INTEGRERING_",
        toml_file=PROJECT / "settings.toml",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # a value may be a secret
    )

    municipality: str = Field(
        default="3909", pattern=r"^\d{4}$", description="the home municipality (name or code of today)"
    )
    years: int = Field(default=5, ge=1, le=40, description="years shown in the report")
    data_dir: Path = Field(default=PROJECT / "warehouse" / "data", description="landing, build and releases")
    source: Literal["bundled", "demo", "extracts", "live"] = Field(
        default="bundled", description="where figures come from: what ships, invented ones, a folder, the publishers"
    )
    extracts_dir: Path | None = Field(
        default=None,
        description="folder of extracts; alone with --source extracts, beside the rest with bundled and live",
    )
    spec_dir: Path | None = Field(
        default=None, description="dataset specs (<source>/datasets/*.yml) instead of our own"
    )
    indicator_dir: Path | None = Field(default=None, description="indicator registry instead of our own")
    keep_releases: int = Field(default=10, ge=2, description="published releases that are kept")
    keep_runs: int = Field(default=1000, ge=10, description="runs that Dagster's history keeps")
    contact: str = Field(default="", description="contact named in the User-Agent of live calls")
    threads: int = Field(default=2, ge=1)
    memory_limit: str = Field(
        default="800MB",
        pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$",
        description="of DuckDB in a build; the rest of a run takes half a gigabyte beside it",
    )
    suppression_threshold: int = Field(default=5, ge=3, description="own extracts: counts below this are hidden")
    sensors: bool = Field(default=False, description="start sensors with the daemon")
    sensor_seconds: int = Field(default=300, ge=2, description="seconds between two ticks of a sensor")
    ask_seconds: int | None = Field(default=None, ge=1, description="seconds between two questions about one dataset")
    local_upstream: str = Field(
        default="",
        pattern=r"^(http://127\.0\.0\.1:\d{1,5})?$",
        description="address of the local stand-in for upstream",
    )
    dagster_postgres_url: str = Field(
        default="",
        # strict, so that no part of a password that was not percent-encoded is taken for a host or port and named in an error
        pattern=r"^(postgresql://[^:@/\s]+(:[^:@/\s]*)?@([^:@/\s\[\]]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?/[^/@\s]+)?$",
        repr=False,
        description="Postgres for Dagster's own storage (postgresql://user:password@host:port/name); empty = SQLite",
    )
    mirror: str = Field(
        default="", description="address of the copy in an object store (s3://bucket/folder), without user or password"
    )
    notify_webhook: str = Field(
        default="", pattern=r"^(https://\S+)?$", repr=False, description="address that gets failures and holds"
    )
    notify_email: str = Field(default="", description="who gets failures and held releases by mail")
    notify_sender: str = Field(default="", description="sender of these mails")
    smtp_host: str = Field(
        default="", pattern=r"^([\w.-]+(:\d{1,5})?)?$", description="mail server (host or host:port) for these mails"
    )

    @field_validator("municipality", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        """A name becomes its code; a code stays as it is, since a newer code list than the one that ships may know it."""
        if not isinstance(value, str) or re.fullmatch(r"\d{4}", value):
            return value
        try:
            return find_municipality(value, shipped_municipalities(), "municipality")
        except UnknownPlace as problem:
            raise ValueError(f"{problem.found}; {problem.next_step}") from problem

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**changes: Any) -> Settings:
    """The settings with the options of one call. Raises WrongSetting, which names settings but never shows a value.

    Where nobody names a source, it is what the data folder was last run with: a folder of real figures stays one.
    """
    try:
        settings = Settings(**changes)
        known = last_run(DataFolder(settings.data_dir.resolve()))
        if known is None or "source" in settings.model_fields_set:
            return settings
        remembered = {"source": known.source, "extracts_dir": settings.extracts_dir or known.extracts_dir}
        return Settings(**{**changes, **remembered})
    except tomllib.TOMLDecodeError as problem:
        raise WrongSetting(
            expected="a TOML file",
            found=str(problem),
            where="settings.toml",
            next_step="correct the place named; docs/operation.md lists the settings",
        ) from None
    except ValidationError as problem:
        wrong = [
            (".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, "))
            for error in problem.errors(include_input=False)
        ]
        described = {
            name: Settings.model_fields[name].description or name for name, _ in wrong if name in Settings.model_fields
        }
        raise WrongSetting(
            expected="; ".join(f"{name}: {described.get(name, 'a known setting')}" for name, _ in wrong),
            found="; ".join(text for _, text in wrong),
            where="settings.toml, the INTEGRERING_* variables or the options",
            next_step=f"correct {', '.join(name for name, _ in wrong)}; docs/operation.md lists the settings",
        ) from None
