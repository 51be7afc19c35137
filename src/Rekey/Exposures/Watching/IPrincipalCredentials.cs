using Rekey.Core;

namespace Rekey.Exposures.Watching;

/// <summary>Reads the credentials of applications and service principals. It only reads, and no secret.</summary>
public interface IPrincipalCredentials
{
    /// <summary>The credentials of an application and its service principal; none when neither exists any more.</summary>
    /// <param name="id">Object id of either, or their application id.</param>
    /// <exception cref="RetryLaterException">The directory cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The directory refuses.</exception>
    Task<IReadOnlyList<PrincipalCredential>> ReadAsync(string id, CancellationToken cancellationToken);
}
