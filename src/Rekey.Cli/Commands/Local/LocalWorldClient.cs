using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Rekey.Cli.Local;
using Rekey.Core;

namespace Rekey.Cli.Commands.Local;

/// <summary>Speaks to the running local world, which its state file names.</summary>
internal sealed class LocalWorldClient(LocalWorldState state)
{
    /// <summary>Longer than a company takes to begin again on a loaded machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Lets the world do something.</summary>
    /// <param name="path">The path at the admin endpoint.</param>
    /// <exception cref="CannotContinueException">The world refuses, and says why, or it does not answer.</exception>
    public async Task<LocalAnswer> DoAsync(string path, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(state.AdminEndpoint, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", state.AdminSecret);
        using var reply = await AskAsync(() => http.SendAsync(request, cancellationToken));
        if (reply.StatusCode is not HttpStatusCode.UnprocessableEntity)
        {
            reply.EnsureSuccessStatusCode();
        }

        var answer = (await reply.Content.ReadFromJsonAsync<LocalAnswer>(cancellationToken))!;
        return answer.Remedy is { } remedy ? throw new CannotContinueException("local-world", answer.Text, remedy) : answer;
    }

    private static async Task<HttpResponseMessage> AskAsync(Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e)
        {
            throw new CannotContinueException(
                "local-world",
                $"The local world that wrote {LocalWorldState.FilePath} does not answer: {e.Message}",
                LocalWorldState.HowToStart,
                e
            );
        }
    }
}
