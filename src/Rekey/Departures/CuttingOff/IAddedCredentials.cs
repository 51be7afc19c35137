using Rekey.Core;

namespace Rekey.Departures.CuttingOff;

/// <summary>Finds the credentials that a person added to applications and service principals.</summary>
public interface IAddedCredentials
{
    /// <summary>One entry for each application or service principal; empty when no log is read.</summary>
    /// <exception cref="RetryLaterException">The log cannot be read yet.</exception>
    /// <exception cref="CannotContinueException">The log refuses.</exception>
    Task<IReadOnlyList<AddedCredential>> FindAsync(string personId, CancellationToken cancellationToken);
}
