using Azure.Core.Pipeline;
using Rekey.Azure.Entra;
using Rekey.Azure.Http;
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
    private readonly GraphPrincipals _principals;
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
        var gates = new RateGates(timeProvider, options.MaxThrottleWait);
        _principals = new(
            credential,
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = _transport },
            gates,
            timeProvider
        );
        _read = new(
            new ResourceManagerClient(
                credential,
                new ResourceManagerClientOptions(options) { Transport = _transport },
                gates,
                timeProvider
            ),
            _principals,
            timeProvider
        );
    }

    /// <inheritdoc cref="ReadVaultAccess.ReadAsync"/>
    public Task<VaultReading> ReadAsync(string vaultId, CancellationToken cancellationToken) => _read.ReadAsync(vaultId, cancellationToken);

    /// <summary>The names of the principals of a reading, by object id; none when the directory may not be read. They are for the person
    /// who reads: nothing keeps them.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(VaultReading reading, CancellationToken cancellationToken)
    {
        try
        {
            return await _principals.GetNamesAsync(
                [.. reading.Principals.Select(p => p.Id).Where(id => Guid.TryParse(id, out _))],
                cancellationToken
            );
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // The reading itself says what of the directory was not seen.
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _client.Dispose();
    }
}
