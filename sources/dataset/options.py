"""The part of a dataset spec that belongs to one publisher's reader or client.

Here: how ``options.<key>`` of a spec becomes a checked model. Not here: what the keys of one publisher are.
"""

from typing import TypeVar

from pydantic import ValidationError

from sources.dataset.spec import DatasetSpec
from sources.errors import SpecError
from sources.files import Declared

OptionsT = TypeVar("OptionsT", bound=Declared)


def options_of(spec: DatasetSpec, key: str, model: type[OptionsT]) -> OptionsT:
    """The settings under ``options.<key>``; a spec without the key gets the model's defaults.

    Raises SpecError naming the dataset and the field when a setting is missing, unknown or of the wrong form.
    """
    try:
        return model.model_validate(spec.options.get(key, {}))
    except ValidationError as problem:
        found = "; ".join(f"{'.'.join(map(str, e['loc'])) or key}: {e['msg']}" for e in problem.errors())
        raise SpecError(
            expected=f"settings as {model.__name__} describes them",
            found=found,
            where=f"{spec.dataset_id}, options.{key}",
            next_step="correct the named field (docs/live-clients.md lists all of them)",
        ) from problem
