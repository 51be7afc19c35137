using Azure.Core.Pipeline;
using Rekey.Azure.Http;
using Rekey.Azure.ResourceManager;
using Rekey.Checks;
using Rekey.Core;
using Rekey.VaultAccess.Roles;

namespace Rekey.Azure.Hosting;

/// <summary>Reads what a deployment needs of a subscription, and what became of it, for programs without a container: as the developer who
/// is signed in to the CLI.</summary>
public sealed class DeploymentReader : IDisposable
{
    private const string ProvidersVersion = "2021-04-01";
    private const string PermissionsVersion = "2022-04-01";
    private const string TopicsVersion = "2025-02-15";
    private const string LogRulesVersion = "2023-12-01";
    private const string MetricRulesVersion = "2018-03-01";
    private const string ActivityRulesVersion = "2020-10-01";
    private const string PoliciesVersion = "2025-03-01";

    /// <summary>By the type of a resource whose name must be free in the world: its version, and what asks.</summary>
    private static readonly Dictionary<string, string> NameVersions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Microsoft.Storage/storageAccounts"] = "2024-01-01",
        ["Microsoft.KeyVault/vaults"] = "2023-07-01",
        ["Microsoft.Web/sites"] = "2024-04-01",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _client;
    private readonly HttpClientTransport _transport;
    private readonly RestCalls _calls;
    private readonly Uri _endpoint;
    private readonly TimeProvider _timeProvider;

    /// <exception cref="CannotContinueException">Reason <c>configuration-wrong</c>: the options are wrong.</exception>
    public DeploymentReader(AzureOptions options, TimeProvider timeProvider)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new CannotContinueException("configuration-wrong", string.Join(Environment.NewLine, mistakes), "Correct these options.");
        }

        _client = new HttpClient(TrustedTransport.Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_client);
        var arm = new ResourceManagerClientOptions(options) { Transport = _transport };
        (_endpoint, _timeProvider) = (arm.Endpoint, timeProvider);
        _calls = ResourceManagerClient.Calls(
            Credentials.Create(options, options.ManagedIdentityClientId, _transport),
            arm,
            new(timeProvider, options.MaxThrottleWait),
            timeProvider,
            "Sign in with az login as a person who may read the subscription."
        );
    }

    internal DeploymentReader(RestCalls calls, Uri endpoint, HttpClient client, TimeProvider timeProvider)
    {
        (_calls, _endpoint, _client, _timeProvider) = (calls, endpoint, client, timeProvider);
        _transport = new(_client);
    }

    /// <summary>The types of resources whose names must be free in the world, and can be asked for.</summary>
    public static IReadOnlyCollection<string> NamedTypes => NameVersions.Keys;

    /// <summary>Reads providers, rights, names and the clock. A part that cannot be read is left open.</summary>
    /// <param name="resourceIds">The ARM ids of what the deployment makes, of <see cref="NamedTypes"/>.</param>
    public async Task<PlanFacts> ReadAsync(Guid subscriptionId, IReadOnlyList<string> resourceIds, CancellationToken cancellationToken)
    {
        var providers = new Dictionary<string, Known<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in PlanFacts.NeededProviders)
        {
            providers[provider] = await AskAsync(() => StateOfAsync(subscriptionId, provider, cancellationToken));
        }

        var names = new List<PlannedName>();
        foreach (var id in resourceIds)
        {
            names.Add(new(id, await AskAsync(() => RefusalAsync(subscriptionId, id, cancellationToken))));
        }

        return new(
            subscriptionId,
            providers,
            await AskAsync(() => PermissionsAsync(subscriptionId, cancellationToken)),
            names,
            await AskAsync(() => ClockAheadAsync(cancellationToken))
        );
    }

    /// <summary>Reads what can be switched off in a deployed environment. A part that cannot be read is left open.</summary>
    public async Task<AzureFacts> ReadEnvironmentAsync(Guid subscriptionId, string environment, CancellationToken cancellationToken)
    {
        var group = $"rg-rekey-{environment}";
        var at = $"/subscriptions/{subscriptionId}/resourceGroups/{group}";
        return new(
            group,
            await AskAsync(async () =>
                (
                    await _calls.GetAsync($"{at}?api-version={ProvidersVersion}", ArmJson.Default.Group, cancellationToken)
                )?.Tags?.GetValueOrDefault("rekey-size") ?? ""
            ),
            await AskAsync(() =>
                StatesAsync(
                    [$"{at}/providers/Microsoft.EventGrid/partnerTopics?api-version={TopicsVersion}"],
                    s => string.Equals(s.ActivationState, "Activated", StringComparison.OrdinalIgnoreCase),
                    cancellationToken
                )
            ),
            await AskAsync(() =>
                StatesAsync(
                    [
                        $"{at}/providers/Microsoft.Insights/scheduledQueryRules?api-version={LogRulesVersion}",
                        $"{at}/providers/Microsoft.Insights/metricAlerts?api-version={MetricRulesVersion}",
                        $"{at}/providers/Microsoft.Insights/activityLogAlerts?api-version={ActivityRulesVersion}",
                    ],
                    s => s.Enabled is true,
                    cancellationToken
                )
            ),
            await AskAsync(() =>
                StatesAsync(
                    [
                        .. new[] { at, $"{at}-keys" }.Select(g =>
                            $"{g}/providers/Microsoft.Authorization/policyAssignments?$filter=atExactScope()&api-version={PoliciesVersion}"
                        ),
                    ],
                    s => s.EnforcementMode is null || string.Equals(s.EnforcementMode, "Default", StringComparison.OrdinalIgnoreCase),
                    cancellationToken
                )
            )
        );
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

    /// <summary>Why Azure refuses a name; empty when it is free, or when the resource itself is there already.</summary>
    private async Task<string> RefusalAsync(Guid subscriptionId, string id, CancellationToken cancellationToken)
    {
        var parts = id.Split('/');
        var (type, version) = ($"{parts[^3]}/{parts[^2]}", NameVersions[$"{parts[^3]}/{parts[^2]}"]);
        var answer = await _calls.PostAsync(
            $"/subscriptions/{subscriptionId}/providers/{parts[^3]}/checkNameAvailability?api-version={version}",
            new ArmWire.NameQuestion(parts[^1], type),
            ArmJson.Default.NameQuestion,
            ArmJson.Default.NameAnswer,
            cancellationToken
        );
        return answer?.NameAvailable switch
        {
            true => "",
            false => await _calls.GetAsync($"{id}?api-version={version}", ArmJson.Default.StateResource, cancellationToken) is not null
                ? ""
                : answer.Message ?? answer.Reason ?? "no reason is given",
            null => throw new RetryLaterException($"Asking for the name {parts[^1]}: the answer does not say whether it is free."),
        };
    }

    /// <summary>By the <c>Date</c> header of the answer (RFC 9110 §6.6.1), which needs no sign-in.</summary>
    private async Task<TimeSpan> ClockAheadAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var reply = await _client.GetAsync(_endpoint, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return _timeProvider.GetUtcNow()
                - (reply.Headers.Date ?? throw new RetryLaterException($"{_endpoint.Host} answered without a Date header."));
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw new RetryLaterException($"{_endpoint.Host} did not answer: {failure.Message}", delay: null, failure);
        }
    }

    private async Task<IReadOnlyList<NamedState>> StatesAsync(
        IReadOnlyList<string> lists,
        Func<ArmWire.State, bool> isOn,
        CancellationToken cancellationToken
    )
    {
        var states = new List<NamedState>();
        foreach (var list in lists)
        {
            var found = await _calls.ListAsync(list, ArmJson.Default.States, p => p.Value, p => p.NextLink, cancellationToken) ?? [];
            states.AddRange(found.Select(r => new NamedState(r.Name ?? "", r.Properties is { } state && isOn(state))));
        }

        return states;
    }

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
