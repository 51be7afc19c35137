using Azure.Core;
using Azure.Core.Pipeline;
using Rekey.Azure.Entra;
using Rekey.Core;

namespace Rekey.Azure.Hosting;

/// <summary>Finds people by the name with which they sign in, for programs without a container, as the person who asks.</summary>
public sealed class PersonFinder : IDisposable
{
    private readonly HttpClient _client;
    private readonly HttpClientTransport _transport;
    private readonly GraphDirectory _directory;

    public PersonFinder(TokenCredential credential, AzureOptions options, TimeProvider timeProvider)
    {
        _client = new HttpClient(TrustedTransport.Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_client);
        _directory = new(
            credential,
            new GraphClientOptions(options.Graph, options.ScopeOfGraph) { Transport = _transport },
            new(timeProvider, options.MaxThrottleWait),
            timeProvider
        );
    }

    /// <summary>The object id of a person; null when the directory has no person of this name.</summary>
    /// <param name="userPrincipalName">Such as <c>alice@contoso.example</c>.</param>
    /// <exception cref="CannotContinueException">The directory may not be read.</exception>
    /// <exception cref="RetryLaterException">The directory cannot be reached.</exception>
    public Task<Guid?> FindAsync(string userPrincipalName, CancellationToken cancellationToken) =>
        _directory.FindByNameAsync(userPrincipalName, cancellationToken);

    public void Dispose()
    {
        _transport.Dispose();
        _client.Dispose();
    }
}
