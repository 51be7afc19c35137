using System.Globalization;
using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Departures.Feed;

namespace Rekey.Azure.Entra;

/// <summary>
/// Keeps change subscriptions in Microsoft Graph v1.0. Least privilege: the right to read the resource, for <c>users</c> the application
/// permission <c>User.Read.All</c>.
/// </summary>
internal sealed class GraphSubscriptions : IChangeSubscriptions
{
    private const string Subscriptions = "/v1.0/subscriptions";
    private const int LongestReply = 1024 * 1024;

    private readonly RestCalls _calls;

    public GraphSubscriptions(TokenCredential credential, GraphClientOptions options, RateGates gates, TimeProvider timeProvider) =>
        _calls = new(
            credential,
            options.Scope,
            options,
            new(
                "graph",
                options.Endpoint,
                "Grant the app's identity the application permission User.Read.All with admin consent, and let Graph create the partner "
                    + "topic: the partner configuration of the topic's resource group must authorize MicrosoftGraphAPI."
            )
            {
                LongestReply = LongestReply,
                RepeatsMessages = true,
            },
            gates,
            timeProvider
        );

    public async Task<IReadOnlyList<ChangeSubscription>> ListAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await _calls.ListAsync(Subscriptions, GraphJson.Default.Page, p => p.Value, p => p.NextLink, cancellationToken)
                ?? throw new RetryLaterException($"Reading {Subscriptions}: 404.")
            ).Select(Read),
        ];

    public async Task<ChangeSubscription?> CreateAsync(NewSubscription subscription, CancellationToken cancellationToken) =>
        await _calls.CreateAsync(
            Subscriptions,
            new SubscriptionWire.Creation(
                "updated,deleted",
                ChangeSubscription.Users,
                subscription.ClientState,
                Time(subscription.EndsAt),
                subscription.NotificationUrl,
                subscription.NotificationUrl
            ),
            GraphJson.Default.Creation,
            GraphJson.Default.Subscription,
            cancellationToken
        )
            is { } created
            ? Read(created)
            : null;

    public async Task<ChangeSubscription?> RenewAsync(Guid id, DateTimeOffset endsAt, CancellationToken cancellationToken) =>
        await _calls.PatchAsync(
            $"{Subscriptions}/{id:D}",
            new SubscriptionWire.Renewal(Time(endsAt)),
            GraphJson.Default.Renewal,
            GraphJson.Default.Subscription,
            cancellationToken
        )
            is { } renewed
            ? Read(renewed)
            : null;

    public Task<bool> ReauthorizeAsync(Guid id, CancellationToken cancellationToken) =>
        _calls.ActAsync($"{Subscriptions}/{id:D}/reauthorize", cancellationToken);

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        _calls.DeleteAsync($"{Subscriptions}/{id:D}", cancellationToken);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static ChangeSubscription Read(SubscriptionWire.Subscription shown) =>
        shown is { Id: { } id, ExpirationDateTime: { } endsAt }
            ? new(id, shown.Resource ?? "", shown.NotificationUrl, endsAt)
            : throw new RetryLaterException($"Reading {Subscriptions}: a subscription has no id or no end.");
}
