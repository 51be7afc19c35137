namespace Rekey.Messaging;

/// <summary>Where an input goes that cannot be understood or must not be believed, with the reason. Nothing that is dropped is dropped in
/// silence.</summary>
public interface IDeadLetters
{
    /// <summary>Keeps it; the same input for the same reason is kept once. Returns the id.</summary>
    Task<string> KeepAsync(DeadLetter letter, CancellationToken cancellationToken);
}
