using Rekey.Core;

namespace Rekey.Departures.SecurityEvents;

/// <summary>Finds a person by their user principal name (Microsoft Graph <c>/users/{name}</c>).</summary>
public interface IPersonLookup
{
    /// <summary>The object id; null when no user has the name. A deleted user has another name.</summary>
    /// <exception cref="RetryLaterException">Graph cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">Graph refuses.</exception>
    Task<Guid?> FindByNameAsync(string userPrincipalName, CancellationToken cancellationToken);
}
