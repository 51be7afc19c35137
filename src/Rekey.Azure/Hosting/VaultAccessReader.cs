using Azure.Core.Pipeline;
using Rekey.Azure.Entra;
using Rekey.Azure.ResourceManager;
using Rekey.Core;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;

namespace Rekey.Azure.Hosting;

/// <summary>Reads the access to a vault, for programs without a container: as the developer who is signed in to the CLI, or as a managed
/// identity.</summary>
public sealed class VaultAccessReader : IDisposable
{
    private readonly HttpClient _client;
    private readonly HttpClientTransport _transport;
    private readonly ReadVaultAccess _read;

    /// <exception cref="CannotContinueException">Reason <c>configuration-wrong</c>: the options are wrong.</exception>
    public VaultAccessReader(AzureOptions options, TimeProvider timeProvider)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new CannotContinueException("configuration-wrong", string.Join(Environment.NewLine, mistakes), "Correct these options.");
        }

        _client = new HttpClient(TrustedTransport.Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_client);
        var credential = Credentials.Create(options, options.ManagedIdentityClientId, _transport);
        _read = new(
            new ResourceManagerClient(credential, new ResourceManagerClientOptions(options) { Transport = _transport }, timeProvider),
            new GraphPrincipals(
                credential,
                new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = _transport },
                options.MaxThrottleWait,
                timeProvider
            ),
            timeProvider
        );
    }

    /// <inheritdoc cref="ReadVaultAccess.ReadAsync"/>
    public Task<VaultReading> ReadAsync(string vaultId, CancellationToken cancellationToken) => _read.ReadAsync(vaultId, cancellationToken);

    public void Dispose()
    {
        _transport.Dispose();
        _client.Dispose();
    }
}
