using System.Runtime.InteropServices;

namespace Rekey.Functions.Hosting;

/// <summary>
/// Ends the worker when the Functions host that started it is gone. A host may be killed, and a worker that outlives it would work beside
/// its successor.
/// </summary>
public sealed partial class ParentWatch(IHostApplicationLifetime lifetime, ILogger<ParentWatch> log, TimeProvider timeProvider)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Another process adopts an orphan, so the parent's id changes.
        var parent = ParentId();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ParentId() != parent)
            {
                log.LogWarning("The Functions host is gone; the worker stops.");
                lifetime.StopApplication();
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ParentId();
}
