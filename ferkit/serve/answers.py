"""What is answered, as the OpenAPI description has it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ferkit.predict.photo import FaceReading, PhotoReading
from ferkit.text import printable

__all__ = ["Answer", "Face", "Failure", "Health", "Picture", "answer"]

Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(ge=0)]
FACE: dict[str, Any] = {
    "box": {"x": 120, "y": 84, "w": 96, "h": 96},
    "emotion": "happy",
    "confidence": 0.91,
    "probabilities": {"angry": 0.02, "happy": 0.91, "sad": 0.07},
}
PICTURE: dict[str, Any] = {"name": "me.jpg", "width": 640, "height": 480, "method": "detected", "faces": [FACE]}


class Place(BaseModel):
    """A face's box, in pixels of the upright picture."""

    x: Pixels
    y: Pixels
    w: Pixels
    h: Pixels


class Face(BaseModel):
    """One face."""

    box: Place
    emotion: str = Field(description="The most probable class.")
    confidence: Share = Field(description="Its calibrated probability.")
    probabilities: dict[str, Share] = Field(description="Of each class; their sum is 1.")


class Picture(BaseModel):
    """One picture of the request."""

    name: str = Field(description="As it was sent; empty for bytes without a name.")
    width: Pixels
    height: Pixels
    method: str = Field(description="`detected`, or `whole image` for a face that was already cut out.")
    faces: list[Face] = Field(description="The largest first; empty where no face was found.")


class Answer(BaseModel):
    """The faces of all pictures of a request, in its order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"run": "compact", "detector": "YuNet", "pictures": [PICTURE]}]}
    )

    run: str
    detector: str
    pictures: list[Picture]


class Failure(BaseModel):
    """Why a request was not answered."""

    error: str = Field(description="One sentence: what was expected, what came, what to do.")


class Health(BaseModel):
    """The state of one worker."""

    status: str
    run: str


def answer(run: str, detector: str, named: list[tuple[str, PhotoReading]]) -> Answer:
    """The readings of a request's pictures and their names."""
    return Answer(run=run, detector=detector, pictures=[_picture(name, reading) for name, reading in named])


def _picture(name: str, reading: PhotoReading) -> Picture:
    faces = [_face(face) for face in reading.faces]
    return Picture(name=name, width=reading.width, height=reading.height, method=reading.method, faces=faces)


def _face(face: FaceReading) -> Face:
    box = Place(x=face.box.x, y=face.box.y, w=face.box.w, h=face.box.h)
    shares = {printable(name): min(1.0, max(0.0, share)) for name, share in face.by_class.items()}
    return Face(box=box, emotion=printable(face.label), confidence=min(1.0, face.confidence), probabilities=shares)
