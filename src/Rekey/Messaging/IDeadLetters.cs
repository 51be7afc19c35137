namespace Rekey.Messaging;

/// <summary>
/// Keeps inputs that cannot be understood or must not be believed as dead letters, with the reason. No input is dropped silently.
/// </summary>
public interface IDeadLetters
{
    /// <summary>Keeps an input as a dead letter; the same input for the same reason is kept once. Returns the id.</summary>
    Task<string> KeepAsync(DeadLetter letter, CancellationToken cancellationToken);
}
