using Rekey.Core;

namespace Rekey.Departures.Feed;

/// <summary>The change subscriptions that the app's identity has made in Microsoft Graph. Graph shows it no others.</summary>
/// <remarks>
/// Each method throws <see cref="RetryLaterException"/> when Graph cannot be reached or throttles, and
/// <see cref="CannotContinueException"/> when it refuses: reason <c>graph-forbidden</c> or <c>graph-bad-request</c>.
/// </remarks>
public interface IChangeSubscriptions
{
    /// <summary>Lists the subscriptions that live.</summary>
    Task<IReadOnlyList<ChangeSubscription>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Creates one. The call is sent once: after a lost reply there may be one.</summary>
    /// <returns>Null when Graph has one for the same resource and allows no second.</returns>
    Task<ChangeSubscription?> CreateAsync(NewSubscription subscription, CancellationToken cancellationToken);

    /// <summary>Moves the end of one; null when it is gone.</summary>
    Task<ChangeSubscription?> RenewAsync(Guid id, DateTimeOffset endsAt, CancellationToken cancellationToken);

    /// <summary>Authorizes one again, as Graph asks for; false when it is gone.</summary>
    Task<bool> ReauthorizeAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Removes one; does nothing when it is gone.</summary>
    Task RemoveAsync(Guid id, CancellationToken cancellationToken);
}
