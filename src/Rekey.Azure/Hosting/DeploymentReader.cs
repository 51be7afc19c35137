using Azure.Core.Pipeline;
using Rekey.Azure.Http;
using Rekey.Azure.ResourceManager;
using Rekey.Checks;
using Rekey.Core;
using Rekey.VaultAccess.Roles;

namespace Rekey.Azure.Hosting;

/// <summary>Reads what a deployment needs of a subscription, for programs without a container: as the developer who is signed in to the
/// CLI.</summary>
public sealed class DeploymentReader : IDisposable
{
    private const string ProvidersVersion = "2021-04-01";
    private const string PermissionsVersion = "2022-04-01";

    private readonly HttpClient _client;
    private readonly HttpClientTransport _transport;
    private readonly RestCalls _calls;

    /// <exception cref="CannotContinueException">Reason <c>configuration-wrong</c>: the options are wrong.</exception>
    public DeploymentReader(AzureOptions options, TimeProvider timeProvider)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new CannotContinueException("configuration-wrong", string.Join(Environment.NewLine, mistakes), "Correct these options.");
        }

        _client = new HttpClient(TrustedTransport.Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_client);
        _calls = ResourceManagerClient.Calls(
            Credentials.Create(options, options.ManagedIdentityClientId, _transport),
            new ResourceManagerClientOptions(options) { Transport = _transport },
            timeProvider,
            "Sign in with az login as a person who may read the subscription."
        );
    }

    internal DeploymentReader(RestCalls calls)
    {
        _calls = calls;
        _client = new();
        _transport = new(_client);
    }

    /// <summary>Reads providers and rights. A part that cannot be read is left open.</summary>
    public async Task<PlanFacts> ReadAsync(Guid subscriptionId, CancellationToken cancellationToken)
    {
        var providers = new Dictionary<string, Known<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in PlanFacts.NeededProviders)
        {
            providers[provider] = await AskAsync(() => StateOfAsync(subscriptionId, provider, cancellationToken));
        }

        return new(subscriptionId, providers, await AskAsync(() => PermissionsAsync(subscriptionId, cancellationToken)));
    }

    public void Dispose()
    {
        _transport.Dispose();
        _client.Dispose();
    }

    private static async Task<Known<T>> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return new(default, $"{e.Message} {(e as CannotContinueException)?.Remedy}".Trim());
        }
    }

    private async Task<string> StateOfAsync(Guid subscriptionId, string provider, CancellationToken cancellationToken) =>
        (
            await _calls.GetAsync(
                $"/subscriptions/{subscriptionId}/providers/{provider}?api-version={ProvidersVersion}",
                ArmJson.Default.Provider,
                cancellationToken
            )
        )?.RegistrationState
        ?? "NotRegistered";

    private async Task<IReadOnlyList<RolePermission>> PermissionsAsync(Guid subscriptionId, CancellationToken cancellationToken) =>
        [
            .. (
                await _calls.ListAsync(
                    $"/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/permissions?api-version={PermissionsVersion}",
                    ArmJson.Default.RightsPage,
                    p => p.Value,
                    p => p.NextLink,
                    cancellationToken
                ) ?? []
            ).Select(p => new RolePermission(p.Actions ?? [], p.NotActions ?? [], [], [])),
        ];
}
