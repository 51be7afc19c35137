using System.Diagnostics;

namespace Rekey.Benchmarks.Measuring;

/// <summary>What a process took from start to end.</summary>
/// <param name="PeakBytes">The most resident memory that it ever had, as the kernel counts it.</param>
internal sealed record ProcessFigures(TimeSpan Time, long PeakBytes, int ExitCode, string Errors)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    public static async Task<ProcessFigures> OfAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new(file, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        var (watch, peak) = (Stopwatch.StartNew(), 0L);
        process.Start();
        try
        {
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(cancellationToken),
                process.StandardError.ReadToEndAsync(cancellationToken)
            );
            var ended = process.WaitForExitAsync(cancellationToken);
            while (await Task.WhenAny(ended, Task.Delay(Beat, cancellationToken)) != ended)
            {
                // The kernel keeps the highest value; what it was in the last beat of a process is not seen.
                process.Refresh();
                peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64);
            }

            await ended;
            var time = watch.Elapsed;
            await output;
            return new(time, peak, process.ExitCode, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
