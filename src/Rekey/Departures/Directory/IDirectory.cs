using Rekey.Core;

namespace Rekey.Departures.Directory;

/// <summary>Reads people in Entra ID (Microsoft Graph <c>/users/{id}</c>, on 404 <c>/directory/deletedItems/{id}</c>).</summary>
public interface IDirectory
{
    /// <exception cref="RetryLaterException">Graph cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">Graph refuses: reason <c>graph-forbidden</c> or <c>graph-bad-request</c>.</exception>
    Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancellationToken);
}
