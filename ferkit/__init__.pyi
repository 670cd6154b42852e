from .api import (
    Faces as Faces,
)
from .api import (
    ImportReport as ImportReport,
)
from .api import (
    Run as Run,
)
from .api import (
    compare_runs as compare_runs,
)
from .api import (
    draw_faces as draw_faces,
)
from .api import (
    evaluate_run as evaluate_run,
)
from .api import (
    explain_images as explain_images,
)
from .api import (
    import_faces as import_faces,
)
from .api import (
    list_datasets as list_datasets,
)
from .api import (
    list_runs as list_runs,
)
from .api import (
    load_faces as load_faces,
)
from .api import (
    open_run as open_run,
)
from .api import (
    read_photo as read_photo,
)
from .api import (
    save_faces as save_faces,
)
from .api import (
    train_run as train_run,
)

__version__: str
