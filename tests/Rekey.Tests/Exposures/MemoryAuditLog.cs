using Rekey.Core;
using Rekey.Exposures.Audit;

namespace Rekey.Tests.Exposures;

/// <summary>An audit log in memory, with the meaning of the queries written once more.</summary>
public sealed class MemoryAuditLog : IAuditLog
{
    private static readonly HashSet<string> Private = ["keysign", "keydecrypt", "keyunwrap", .. Origin];

    private static HashSet<string> Origin =>
        [
            "keycreate",
            "keyrotate",
            "keyrotateifdue",
            "keyimport",
            "keyrestore",
            "keybackup",
            "keyrelease",
            "secretget",
            "secretbackup",
            "certificateimport",
            "certificatebackup",
        ];

    public List<AuditRow> Rows { get; } = [];

    public List<DirectoryChange> Changes { get; } = [];

    public List<SignInRow> SignIns { get; } = [];

    /// <summary>How long a change or a sign-in takes to arrive.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>The time now, where rows of the future are not there yet.</summary>
    public Func<DateTimeOffset>? Now { get; set; }

    /// <summary>What was asked about watched principals.</summary>
    public List<(IReadOnlyCollection<string> Principals, DateTimeOffset ArrivedSince)> Questions { get; } = [];

    /// <summary>The engine does not answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The engine refuses.</summary>
    public bool IsForbidden { get; set; }

    /// <summary>Parts of the log could not be read.</summary>
    public bool IsTorn { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Calls { get; private set; }

    public Task<AuditAnswer<AuditedUse>> UsesAsync(AuditQuestion question, CancellationToken cancellationToken)
    {
        Ask();
        var keys = question.Keys.Select(k => k.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Answer(
            Rows.Where(r =>
                    r.At >= question.Since
                    && r.StatusCode is null or < 300
                    && keys.Contains($"{r.Vault}/{r.Name}")
                    && (
                        Origin.Contains(r.Operation)
                        || (
                            Private.Contains(r.Operation)
                            && (question.Principals is null || question.Principals.Contains(r.Oid) || question.Principals.Contains(r.AppId))
                        )
                    )
                )
                .Select(r => r with { StatusCode = null })
                .Distinct()
                .GroupBy(r => (r.Vault, r.Kind, r.Name, r.Version, r.Operation, r.Oid, r.AppId, r.IsPerson))
                .Select(g => new AuditedUse(
                    g.Key.Vault,
                    g.Key.Kind,
                    g.Key.Name,
                    g.Key.Version,
                    g.Key.Operation,
                    g.Key.Oid,
                    g.Key.AppId,
                    g.Key.IsPerson,
                    g.Min(r => r.At),
                    g.Max(r => r.At),
                    g.Count()
                ))
        );
    }

    public Task<AuditAnswer<AuditSilence>> SilencesAsync(
        IReadOnlyCollection<string> vaults,
        DateTimeOffset since,
        TimeSpan maxPause,
        CancellationToken cancellationToken
    )
    {
        Ask();
        var silences = new List<AuditSilence>();
        foreach (var vault in Rows.Where(r => r.At >= since && vaults.Contains(r.Vault)).GroupBy(r => r.Vault))
        {
            var times = vault.Select(r => r.At).Order().ToList();
            silences.Add(new(vault.Key, null, times[0]));
            silences.AddRange(
                times
                    .Zip(times.Skip(1))
                    .Where(p => p.Second - p.First > maxPause)
                    .Select(p => new AuditSilence(vault.Key, p.First, p.Second))
            );
            silences.Add(new(vault.Key, times[^1], null));
        }

        return Answer(silences);
    }

    public Task<AuditAnswer<DirectoryChange>> ChangesAsync(string personId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        Ask();
        return Answer(Changes.Where(c => c.At >= since && (c.Actor == personId || c.Target0 == personId || c.Target1 == personId)));
    }

    public Task<AuditAnswer<LeaverAct>> ActsAsync(
        IReadOnlyCollection<string> principals,
        DateTimeOffset arrivedSince,
        CancellationToken cancellationToken
    )
    {
        Ask();
        Questions.Add((principals, arrivedSince));
        var now = Now?.Invoke() ?? DateTimeOffset.MaxValue;
        var acts = Rows.Where(r => r.ArrivedAt >= arrivedSince && r.ArrivedAt <= now && r.Operation != "authentication")
            .Where(r => principals.Contains(r.Oid) || principals.Contains(r.AppId))
            .Select(r =>
                (
                    What: "vault",
                    Principal: principals.Contains(r.Oid) ? r.Oid : r.AppId,
                    r.Operation,
                    Target: $"{r.Vault}/{r.Kind}/{r.Name}",
                    IsSuccess: r.StatusCode is null or < 300,
                    r.At
                )
            )
            .Concat(
                Changes
                    .Where(c => c.At + Lag >= arrivedSince && c.IsCredential && principals.Contains(c.Actor))
                    .Select(c => (What: "credential", Principal: c.Actor, c.Operation, Target: c.Target0, IsSuccess: true, c.At))
            )
            .Concat(
                SignIns
                    .Where(s => s.Result is "0" or "success")
                    .Where(s => s.At + Lag >= arrivedSince && (principals.Contains(s.Oid) || principals.Contains(s.AppId)))
                    .Select(s =>
                        (
                            What: "sign-in",
                            Principal: principals.Contains(s.Oid) ? s.Oid : s.AppId,
                            Operation: s.Log,
                            Target: s.Resource,
                            IsSuccess: true,
                            s.At
                        )
                    )
            );
        return Answer(
            acts.GroupBy(a => (a.What, a.Principal, a.Operation, a.Target, a.IsSuccess))
                .Select(g => new LeaverAct(
                    g.Key.What,
                    g.Key.Principal,
                    g.Key.Operation,
                    g.Key.Target,
                    g.Key.IsSuccess,
                    g.Min(a => a.At),
                    g.Max(a => a.At)
                ))
        );
    }

    public Task<AuditAnswer<LastRow>> LastRowsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        Ask();
        return Answer(
            Rows.Select(r => (Log: WatchedLogs.Vault, r.At))
                .Concat(Changes.Select(c => (Log: WatchedLogs.Directory, c.At)))
                .Concat(SignIns.Select(s => (s.Log, s.At)))
                .Where(r => r.At >= since)
                .GroupBy(r => r.Log)
                .Select(g => new LastRow(g.Key, g.Max(r => r.At)))
        );
    }

    private void Ask()
    {
        Calls++;
        if (IsForbidden)
        {
            throw new CannotContinueException("logs-forbidden", "The workspace may not be read.", "Give the role Log Analytics Reader.");
        }

        if (IsSilent)
        {
            throw new RetryLaterException("The workspace does not answer.", TimeSpan.FromMinutes(1));
        }
    }

    private Task<AuditAnswer<T>> Answer<T>(IEnumerable<T> rows) => Task.FromResult(new AuditAnswer<T>([.. rows], !IsTorn));
}
