namespace Rekey.Messaging;

/// <summary>A dead letter: an input that was refused.</summary>
/// <param name="Source">The function that took it, such as <c>UserChanged</c>.</param>
/// <param name="Reason">A stable code.</param>
/// <param name="Detail">A plain sentence for a person. No secrets.</param>
/// <param name="Body">The input with secrets removed, bounded; null when it could not be cleaned.</param>
/// <param name="BodySha256">SHA-256 of the input as it came, lower-case hex.</param>
public sealed record DeadLetter(string Source, string Reason, string Detail, string? Body, string BodySha256, DateTimeOffset At)
{
    /// <summary>The schema version that this build writes.</summary>
    public int SchemaVersion { get; init; } = 1;
}
