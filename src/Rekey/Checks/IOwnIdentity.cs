using Rekey.Core;

namespace Rekey.Checks;

/// <summary>Reads what the app's own token for Graph says, and the time of the server that issued it.</summary>
public interface IOwnIdentity
{
    /// <exception cref="RetryLaterException">No token could be had.</exception>
    /// <exception cref="CannotContinueException">There is no credential.</exception>
    Task<OwnIdentity> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The time by the <c>Date</c> header of Entra's answer (RFC 9110 §6.6.1), in whole seconds.</summary>
    /// <exception cref="RetryLaterException">Entra cannot be reached.</exception>
    Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken);
}
