using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Watching;
using Rekey.Exposures.Audit;
using Rekey.Findings;

namespace Rekey.Exposures.Watching;

/// <summary>Reads the logs that show what people who have left do, and reports what they do not show: silence never looks like
/// health.</summary>
/// <param name="log">Null when no audit log is read.</param>
public sealed class WatchLogs(IAuditLog? log, IFindings findings, TimeProvider timeProvider)
{
    /// <summary>A log without a row for so long counts as missing.</summary>
    /// <remarks>Seven days: the directory, its sign-ins and a governed vault, which Rekey itself reads, are never quiet for so
    /// long.</remarks>
    public static readonly TimeSpan Quiet = TimeSpan.FromDays(7);

    /// <summary>How often a process looks whether the logs have rows.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromHours(6);

    /// <summary>The most principals in one query, which has a longest text.</summary>
    private const int MostPrincipals = 5_000;

    private const string Tables = "log|";
    private const string Reading = "reading|";

    private DateTimeOffset? _checkedAt;

    /// <summary>Whether there is a log to read.</summary>
    public bool IsSet => log is not null;

    /// <summary>Raises a finding for each log without rows, and closes those of logs that have some again.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (_checkedAt > now - CheckEvery)
        {
            return;
        }

        var last = await log!.LastRowsAsync(now - Quiet, cancellationToken);
        var missing = WatchedLogs.Tables.Where(t => last.Rows.All(r => r.Log != t.Key)).Select(t => Missing(t.Key, t.Value, now)).ToList();
        foreach (var finding in missing)
        {
            await findings.RaiseAsync(finding, cancellationToken);
        }

        await CloseOthersAsync(Tables, missing, cancellationToken);
        _checkedAt = now;
    }

    /// <summary>What these principals did, by the rows that arrived since then.</summary>
    public async Task<IReadOnlyList<LeaverAct>> ActsAsync(
        IReadOnlyCollection<string> principals,
        DateTimeOffset arrivedSince,
        CancellationToken cancellationToken
    )
    {
        var (acts, isWhole) = (new List<LeaverAct>(), true);
        foreach (var chunk in principals.Order(StringComparer.Ordinal).Chunk(MostPrincipals))
        {
            var answer = await log!.ActsAsync(chunk, arrivedSince, cancellationToken);
            acts.AddRange(answer.Rows);
            isWhole &= answer.IsWhole;
        }

        await ReportAsync(
            isWhole
                ? null
                : new CannotContinueException(
                    "audit-damaged",
                    "Parts of the audit logs could not be read: what people who have left did may be in them.",
                    "Look for lines that are no JSON, and for closed folders, in LogFolder:AuditFolder."
                ),
            cancellationToken
        );
        return acts;
    }

    /// <summary>Reports that the logs refuse, or that they were read.</summary>
    /// <param name="refused">Null when they were read.</param>
    public async Task ReportAsync(CannotContinueException? refused, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        List<Finding> raised = refused is null
            ? []
            :
            [
                new(
                    FindingKinds.WatchIncomplete,
                    Reading + refused.Reason,
                    Severity.High,
                    $"Rekey does not see what people who have left do: {refused.Message}",
                    refused.Remedy,
                    Facts.Of(("reason", refused.Reason)),
                    now,
                    now
                ),
            ];
        foreach (var finding in raised)
        {
            await findings.RaiseAsync(finding, cancellationToken);
        }

        await CloseOthersAsync(Reading, raised, cancellationToken);
    }

    /// <summary>Reports that a person can act as more applications than a watch follows.</summary>
    public Task ReportCrowdAsync(Departure departure, int reach, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        return findings.RaiseAsync(
            new(
                FindingKinds.WatchIncomplete,
                CrowdOf(departure),
                Severity.High,
                $"A person who has left can act as {reach} applications. Rekey watches {DepartureWatch.MaxReach} of them.",
                $"Remove {departure.PersonId} as the owner of applications, and replace the credentials that they added.",
                Facts.Of(("departure", departure.Id), ("person", departure.PersonId)),
                now,
                now
            ),
            cancellationToken
        );
    }

    /// <summary>The watch over a departure has ended.</summary>
    public Task EndedAsync(Departure departure, CancellationToken cancellationToken) =>
        findings.CloseAsync(Finding.IdOf(FindingKinds.WatchIncomplete, CrowdOf(departure)), "The watch has ended.", cancellationToken);

    private static string CrowdOf(Departure departure) => $"reach|{departure.Id}";

    private Task CloseOthersAsync(string about, IReadOnlyList<Finding> raised, CancellationToken cancellationToken) =>
        findings.CloseOthersAsync(
            FindingKinds.WatchIncomplete,
            about,
            [.. raised.Select(f => f.Id)],
            "The log has rows again, and all of them were read.",
            cancellationToken
        );

    private static Finding Missing(string log, string table, DateTimeOffset now) =>
        new(
            FindingKinds.WatchIncomplete,
            Tables + log,
            log is WatchedLogs.Vault or WatchedLogs.Directory ? Severity.High : Severity.Medium,
            $"The log {table} has no row of the last {Quiet.Days} days: "
                + log switch
                {
                    WatchedLogs.Vault => "Rekey does not see who uses keys.",
                    WatchedLogs.Directory =>
                        "Rekey does not see when accounts are closed, nor who adds credentials to applications; it finds departures later.",
                    WatchedLogs.ServicePrincipals => "Rekey does not see when applications of people who have left sign in.",
                    _ => "Rekey does not see when people who have left sign in.",
                },
            log is WatchedLogs.Vault
                ? "Send the category AuditEvent of every governed vault to the workspace or folder that Rekey reads."
                : $"Add the category of {table} to the diagnostic setting of Entra ID that sends to the workspace or folder which Rekey "
                    + "reads. If your tenant does not keep this log, acknowledge the finding.",
            Facts.Of(("log", table)),
            now,
            now
        );
}
