"""The local stack: what to install, how to start it, how to know it is ready, who keeps it up.

    doctor.run_checks(settings) -> [CheckResult]     every gap of the machine; doctor.require, .fix
    services.table(settings, project, only="all")    name -> Service: THE table of services
    components.install(names, settings, progress)    what is missing, into the per-user cache
    Supervisor(table, data_dir, on_ready=...).run()  in the foreground until Ctrl-C (supervisor.py)
    control.stop_running(data_dir)                   from another process; so are the next three
    control.request_restart(data_dir, name)
    control.detach(command, data_dir, environ) -> pid
    control.wait_ready(data_dir, seconds, pid=pid) -> StackState
    state.read(data_dir) -> StackState | None        what runs, since when, with how much memory

docs/stack.md tells how it works.
"""
