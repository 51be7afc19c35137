using System.Diagnostics;

namespace Rekey.Benchmarks.Measuring;

/// <summary>What a process took from start to end.</summary>
/// <param name="UserTime">The CPU time that it spent outside the kernel.</param>
/// <param name="PeakBytes">The most resident memory that it ever had, as the kernel counts it.</param>
internal sealed record ProcessFigures(TimeSpan Time, TimeSpan UserTime, long PeakBytes, int ExitCode, string Errors)
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
        var (watch, user, peak) = (Stopwatch.StartNew(), TimeSpan.Zero, 0L);
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
                // The kernel keeps the highest memory and the sum of the time; what they were in the last beat of a process is not seen.
                try
                {
                    process.Refresh();
                    (peak, user) = (Math.Max(peak, process.PeakWorkingSet64), process.UserProcessorTime);
                }
                catch (InvalidOperationException)
                {
                    // It ended just now.
                }
            }

            await ended;
            var time = watch.Elapsed;
            await output;
            return new(time, user, peak, process.ExitCode, await errors);
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
