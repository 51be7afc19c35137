using Rekey.Findings;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Queues;

/// <summary>Findings by id.</summary>
public sealed class MemoryFindings
{
    public Dictionary<string, Finding> ById { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Finding> Open => ById.Values.Where(f => f.ClosedAt is null);

    /// <summary>Ids in the order in which people were told, as <see cref="IFindings.RaiseAsync"/> promises it.</summary>
    public List<string> Announced { get; } = [];

    public IEnumerable<string> Kinds => ById.Values.Select(f => f.Kind);

    public IFindings For(Fate fate) => new Port(this, fate);

    private sealed class Port(MemoryFindings findings, Fate fate) : IFindings
    {
        public Task RaiseAsync(Finding finding, CancellationToken cancellationToken) => fate.DoAsync("raise finding", () =>
            {
                var standing = findings.ById.GetValueOrDefault(finding.Id);
                if (standing is not { ClosedAt: null } || standing.Milestone != finding.Milestone)
                {
                    findings.Announced.Add(finding.Id);
                }

                findings.ById[finding.Id] = standing is null
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
                if (findings.ById.GetValueOrDefault(findingId) is { ClosedAt: null } standing)
                {
                    findings.ById[findingId] = standing with { ClosedAt = standing.LastSeen, ClosedBecause = because };
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
                    .Open.Where(f => f.Kind == kind && f.About.StartsWith(about, StringComparison.Ordinal) && !seen.Contains(f.Id))
                    .ToList()
            )
            {
                await CloseAsync(open.Id, because, cancellationToken);
            }
        }
    }
}
