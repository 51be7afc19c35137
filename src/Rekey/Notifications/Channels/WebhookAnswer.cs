namespace Rekey.Notifications.Channels;

/// <summary>The answer to a posted document.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="RetryAfter">How long the receiver asks to wait; null when it did not say.</param>
public sealed record WebhookAnswer(int Status, TimeSpan? RetryAfter)
{
    /// <summary>Whether the receiver has taken the document.</summary>
    public bool IsTaken => Status is >= 200 and < 300;

    /// <summary>Whether the same document may be taken later (RFC 9110 §15.5.9, §15.6; RFC 6585 §4).</summary>
    public bool MayBeTakenLater => Status is 408 or 425 or 429 or >= 500;
}
