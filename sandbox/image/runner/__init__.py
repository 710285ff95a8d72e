"""The program in the container: supervisor (PID 1), zygote and workers. Installed as the package `worldline_runner`,
so that no module of a workspace has its name; modules import each other relatively."""
