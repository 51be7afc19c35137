using Microsoft.Extensions.Logging;

namespace Rekey.AspNetCore.Documents;

/// <summary>How the pulls went. It logs the first failure, each minute of failing, and the end of it.</summary>
internal sealed class PullReport(PullOptions options, TimeProvider timeProvider, ILogger log)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _reportedAt;

    /// <summary>When the lists were last found to be current; null when they never were since the start.</summary>
    public DateTimeOffset? PulledAt { get; private set; }

    /// <summary>What went wrong at the last pull; null when nothing did.</summary>
    public string? Failure { get; private set; }

    /// <param name="failure">What went wrong; null when nothing did.</param>
    /// <param name="closed">Why nothing can be decided now; null when something can.</param>
    /// <param name="goesOn">What the program does by the lists that it has.</param>
    public void Report(string? failure, string? closed, Func<string> goesOn)
    {
        var now = timeProvider.GetUtcNow();
        Failure = failure;
        if (failure is null)
        {
            PulledAt = now;
            if (_reportedAt is not null)
            {
                log.LogInformation("Rekey's {Role} has the current lists again.", options.Role);
                _reportedAt = null;
            }
        }
        else if (_reportedAt is not { } reported || now - reported >= ReportEvery)
        {
            _reportedAt = now;
            log.Log(
                closed is null ? LogLevel.Error : LogLevel.Critical,
                "Rekey's {Role} cannot pull the current lists and {Consequence}. Reason: {Reason}",
                options.Role,
                closed is not null ? $"{options.WhenClosed} ({closed})" : goesOn(),
                failure
            );
        }
    }
}
