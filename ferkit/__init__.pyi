from .api import (
    Faces as Faces,
    ImportReport as ImportReport,
    Run as Run,
    compare_runs as compare_runs,
    draw_faces as draw_faces,
    evaluate_run as evaluate_run,
    explain_images as explain_images,
    import_faces as import_faces,
    list_datasets as list_datasets,
    list_runs as list_runs,
    load_faces as load_faces,
    open_run as open_run,
    read_photo as read_photo,
    save_faces as save_faces,
    train_run as train_run,
)

__version__: str
