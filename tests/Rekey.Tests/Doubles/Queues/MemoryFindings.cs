using Rekey.Findings;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Queues;

/// <summary>Findings by id. Those that only report what Rekey asks and does are kept apart: most tests are about what is wrong.</summary>
public sealed class MemoryFindings
{
    private static readonly string[] ReportKinds =
    [
        FindingKinds.DecisionWaiting,
        FindingKinds.TokensEnded,
        FindingKinds.ResponseObserved,
        FindingKinds.ObservedWeek,
        FindingKinds.CutOffIncomplete,
    ];

    public Dictionary<string, Finding> ById { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Finding> Open => ById.Values.Where(f => f.ClosedAt is null);

    /// <summary>Reports of what Rekey asks and does, by id.</summary>
    public Dictionary<string, Finding> Reports { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Finding> OpenReports => Reports.Values.Where(f => f.ClosedAt is null);

    /// <summary>Ids in the order in which people were told, as <see cref="IFindings.RaiseAsync"/> promises it.</summary>
    public List<string> Announced { get; } = [];

    /// <summary>The same for reports.</summary>
    public List<string> AnnouncedReports { get; } = [];

    public IEnumerable<string> Kinds => ById.Values.Select(f => f.Kind);

    public IFindings For(Fate fate) => new Port(this, fate);

    private IEnumerable<Finding> OpenOf(string kind) => Open.Concat(OpenReports).Where(f => f.Kind == kind);

    private sealed class Port(MemoryFindings findings, Fate fate) : IFindings
    {
        public Task<IReadOnlyList<Finding>> ReadOpenAsync(string kind, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Finding>>([.. findings.OpenOf(kind)]);

        public Task RaiseAsync(Finding finding, CancellationToken cancellationToken) => fate.DoAsync("raise finding", () =>
            {
                var isReport = ReportKinds.Contains(finding.Kind);
                var byId = isReport ? findings.Reports : findings.ById;
                var standing = byId.GetValueOrDefault(finding.Id);
                if (standing is not { ClosedAt: null } || standing.Milestone != finding.Milestone)
                {
                    (isReport ? findings.AnnouncedReports : findings.Announced).Add(finding.Id);
                }

                byId[finding.Id] = standing is null
                    ? finding
                    : finding with
                    {
                        FirstSeen = standing.FirstSeen < finding.FirstSeen ? standing.FirstSeen : finding.FirstSeen,
                        LastSeen = standing.LastSeen > finding.LastSeen ? standing.LastSeen : finding.LastSeen,
                        Opening = standing.ClosedAt is null ? standing.Opening : standing.Opening + 1,
                    };
                return Task.CompletedTask;
            });

        public Task CloseAsync(string findingId, string because, CancellationToken cancellationToken) => fate.DoAsync("close finding", () =>
            {
                var byId = findings.Reports.ContainsKey(findingId) ? findings.Reports : findings.ById;
                if (byId.GetValueOrDefault(findingId) is { ClosedAt: null } standing)
                {
                    byId[findingId] = standing with { ClosedAt = standing.LastSeen, ClosedBecause = because };
                }

                return Task.CompletedTask;
            });

        public async Task CloseOthersAsync(
            string kind,
            string about,
            IReadOnlyCollection<string> seen,
            string because,
            CancellationToken cancellationToken
        )
        {
            foreach (
                var open in findings
                    .OpenOf(kind)
                    .Where(f => f.About.StartsWith(about, StringComparison.Ordinal) && !seen.Contains(f.Id))
                    .ToList()
            )
            {
                await CloseAsync(open.Id, because, cancellationToken);
            }
        }
    }
}
