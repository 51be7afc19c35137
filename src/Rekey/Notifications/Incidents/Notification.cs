using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Notifications.Incidents;

/// <summary>A message to people about an incident, made from one line of the ledger. The same line makes the same notification.</summary>
/// <param name="Incident">The id of the incident: all notifications about it have the same.</param>
/// <param name="Line">The number of the ledger line.</param>
/// <param name="At">When the line was written.</param>
/// <param name="Severity">The highest severity of the incident so far.</param>
/// <param name="Before">The notification of the incident before this one; null for the first one.</param>
/// <param name="What">What happened, in plain sentences.</param>
/// <param name="Keys">Ids of the keys.</param>
/// <param name="Person">Object id of the person who left; null when there is none.</param>
/// <param name="IsContained">Whether every key is contained; null when no key is at stake.</param>
/// <param name="ContainedAt">Since when it is contained.</param>
/// <param name="Wanted">What people should do.</param>
/// <param name="Until">When that is due; null when there is no deadline.</param>
/// <param name="Command">The command to run; null when there is none.</param>
/// <param name="Link">The path of the app that shows more; null when there is none.</param>
/// <param name="Section">The section of the runbook.</param>
/// <param name="IsOver">Whether it is the incident's last notification.</param>
public sealed record Notification(
    string Incident,
    long Line,
    DateTimeOffset At,
    Severity Severity,
    Announced? Before,
    string What,
    IReadOnlyList<string> Keys,
    string? Person,
    bool? IsContained,
    DateTimeOffset? ContainedAt,
    string Wanted,
    DateTimeOffset? Until,
    string? Command,
    string? Link,
    string Section,
    bool IsOver
)
{
    /// <summary>Whether a channel with that lowest severity gets it.</summary>
    public bool IsFor(Severity minimum) => Severity >= minimum;

    /// <summary>Whether it is the first one of the incident for such a channel. Severities of an incident only rise, so the one before has
    /// the highest.</summary>
    /// <param name="openedAt">The line that opened the channel: what came before it was not for the channel.</param>
    public bool IsNewFor(Severity minimum, long openedAt) => Before is null || Before.Severity < minimum || Before.Line <= openedAt;

    /// <summary>The id of its delivery to a channel: the same at every try, whichever process tries.</summary>
    public string DeliveryTo(string channel) => StableId.Of("notification", Incident, $"{Line}", channel);
}
