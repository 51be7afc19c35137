using Rekey.Core;

namespace Rekey.Findings;

/// <summary>A problem that people should know of, with evidence, severity and an id that is a function of its subject.</summary>
/// <param name="Kind">A stable code such as <c>unknown-version</c>.</param>
/// <param name="About">The subject: a key, a version, a departure, a document.</param>
/// <param name="Title">One plain sentence.</param>
/// <param name="Remedy">What a person should do.</param>
/// <param name="Evidence">Facts that a reader can check. Object ids and thumbprints, no names, no secrets.</param>
/// <param name="LastSeen">When it was seen last; for a finding on record, when it was last reported.</param>
public sealed record Finding(
    string Kind,
    string About,
    Severity Severity,
    string Title,
    string Remedy,
    IReadOnlyDictionary<string, string> Evidence,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen
)
{
    /// <summary>The deterministic id: the same problem found twice is one finding.</summary>
    public string Id => IdOf(Kind, About);

    /// <summary>
    /// A value whose change is reported again, such as a number of tokens in powers of two; null when only the first time is reported.
    /// </summary>
    public string? Milestone { get; init; }

    /// <summary>
    /// Whether each milestone goes to the alert rule, as the first report does: a reminder must reach the person on call. A growing number
    /// does not, because the finding was reported already.
    /// </summary>
    public bool AlertsAtMilestones { get; init; }

    /// <summary>When it was raised, this time; null for one that is not on record yet.</summary>
    public DateTimeOffset? RaisedAt { get; init; }

    /// <summary>When it was closed as over or false; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Why it was closed, in a plain sentence.</summary>
    public string? ClosedBecause { get; init; }

    /// <summary>The acknowledgement that holds; null when there is none.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>How often it was opened: 2 after it was closed and opened again.</summary>
    public int Opening { get; init; } = 1;

    /// <summary>The id of a finding of this kind about this subject.</summary>
    public static string IdOf(string kind, string about) => StableId.Of("finding", kind, about);

    /// <summary>The finding without what looks like a token, a key or a signature. Its id stays.</summary>
    public Finding WithoutSecrets() =>
        this with
        {
            Title = Secrets.Without(Title),
            Remedy = Secrets.Without(Remedy),
            Evidence = Evidence.Values.All(v => Secrets.Without(v) == v)
                ? Evidence
                : Evidence.ToDictionary(e => e.Key, e => Secrets.Without(e.Value), StringComparer.Ordinal),
        };
}
