"""The entry. Worker processes import this file again, so it does nothing until it is the script that runs."""


def main() -> None:
    """Hand over to the router, which knows the pages."""
    from pages.ui import router

    router.run()


if __name__ == "__main__":
    main()
