using System.Collections.Immutable;
using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Notifications.Incidents;

/// <summary>
/// Everything about one thing that happened: a departure with the rotations of its keys; forged tokens with the key that signed them, its
/// rotation and the questions about it; or a single finding or question.
/// </summary>
/// <param name="Subject">What it is about, such as <c>departure/{id}</c>.</param>
/// <param name="Since">When its first line was written.</param>
public sealed record Incident(string Id, string Subject, DateTimeOffset Since)
{
    /// <summary>The subject of forged tokens.</summary>
    internal const string Tokens = "tokens";

    private const string Departure = "departure/";

    /// <summary>When its last line was written.</summary>
    public DateTimeOffset ChangedAt { get; init; } = Since;

    /// <summary>Object id of the person who left; null when there is none.</summary>
    public string? Person { get; init; }

    /// <summary>Its keys, by id.</summary>
    public ImmutableDictionary<string, KeyProgress> Keys { get; init; } = ImmutableDictionary<string, KeyProgress>.Empty;

    /// <summary>Its open findings, the oldest first.</summary>
    public ImmutableList<IncidentFinding> Findings { get; init; } = [];

    /// <summary>Its open questions, the oldest first.</summary>
    public ImmutableList<OpenQuestion> Questions { get; init; } = [];

    /// <summary>The ids of its campaigns of forged tokens.</summary>
    public ImmutableList<string> Campaigns { get; init; } = [];

    /// <summary>The kids of these campaigns, as far as they were ever trusted.</summary>
    public ImmutableList<string> Kids { get; init; } = [];

    /// <summary>Whether everything that a departure led to was carried out; false for other incidents.</summary>
    public bool IsSettled { get; init; }

    /// <summary>The highest severity so far; null while nothing happened that people must know.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Its last notification; null before the first.</summary>
    public Announced? Announced { get; init; }

    /// <summary>Begins an incident with a line: a later incident about the same subject has another id.</summary>
    internal static Incident Begin(string subject, long line, DateTimeOffset at) =>
        new(StableId.Of("incident", subject, $"{line}"), subject, at);

    /// <summary>The subject of a departure.</summary>
    internal static string SubjectOf(string departureId) => Departure + departureId;

    /// <summary>Whether every key is contained; null when no key is at stake.</summary>
    /// <remarks>Forged tokens of a trusted kid mean that its key is out, also before its rotation is planned.</remarks>
    internal bool? IsContained =>
        !Keys.IsEmpty ? Keys.Values.All(k => k.ContainedAt is not null)
        : Kids.IsEmpty ? null
        : false;

    /// <summary>Since when every key is contained.</summary>
    internal DateTimeOffset? ContainedAt => IsContained is true ? Keys.Values.Max(k => k.ContainedAt) : null;

    /// <summary>Whether nothing is open any more.</summary>
    /// <remarks>The keys of a departure become known one by one.</remarks>
    internal bool IsOver =>
        Findings.IsEmpty && Questions.IsEmpty && (IsSettled || (DepartureId is null && Keys.Values.All(k => k.IsVerified)));

    /// <summary>The id of the departure that it is about; null for other incidents.</summary>
    internal string? DepartureId => Subject.StartsWith(Departure, StringComparison.Ordinal) ? Subject[Departure.Length..] : null;

    /// <summary>Whether it is contained, and what is wanted. People are notified again when this changes.</summary>
    internal string Situation =>
        string.Join(
            '|',
            [
                IsContained is true ? $"contained {Keys.Count}" : "",
                .. Kids,
                .. Questions.Select(q => q.IsHeld ? $"{q.Id} held" : q.Id),
                .. Findings.Where(f => f.WantsMore).Select(f => f.Id),
                Findings.Exists(f => f.IsVerdict) ? "tokens" : "",
            ]
        );

    internal Incident AtLeast(Severity severity) => Severity >= severity ? this : this with { Severity = severity };
}
