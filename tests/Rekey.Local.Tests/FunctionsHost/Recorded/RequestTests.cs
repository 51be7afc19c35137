using System.Text.Json.Nodes;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>
/// 05, 05c, 05d, 06: each request of the recordings, sent to our host byte by byte: what is forwarded, invoked and answered must be the
/// same.
/// </summary>
public sealed class RequestTests(RecordedApp app) : IClassFixture<RecordedApp>
{
    public static TheoryData<string, string> Requests()
    {
        var requests = new TheoryData<string, string>();
        foreach (var file in (string[])["05-http", "05c-http-uploads", "05d-http-json-metadata", "06-http-odd-paths"])
        {
            foreach (var line in Recording.Read(file).Lines.Where(line => line.Event == "client request"))
            {
                requests.Add(file, line.Name);
            }
        }

        return requests;
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_goes_as_it_did(string file, string name)
    {
        var (request, between, response) = Recording.Read(file).Exchange(name);
        var before = app.Run.Trace.Count;

        var answer = await RawClient.ExchangeAsync(
            app.Run.Host.Address,
            request.Replace("(a x 1000)", new string('a', 1000), StringComparison.Ordinal)
        );

        var ours = app.Run.Trace.Lines.Skip(before).ToList();
        Assert.Equal(Placeholders.In(response!), Placeholders.In(answer));
        Assert.Equal(
            Forwarded(between.Where(line => line.Direction == "host->worker.http" && line.Type == "bytes").Select(line => line.Text)),
            Forwarded(
                ours.Where(line => line.Direction == "host->worker.http" && line.Type == "bytes")
                    .Select(line => (string)line.Data!["text"]!)
            )
        );
        Assert.Equal(
            Invoked(between.Where(line => line.Type == "InvocationRequest").Select(line => (line.Function, line.Data!))),
            Invoked(
                ours.Where(line => line.Type == "InvocationRequest" && line.Function is not ("Tick" or "Minute"))
                    .Select(line => (line.Function, line.Data!))
            )
        );
    }

    private static string Forwarded(IEnumerable<string> pieces) => Placeholders.In(string.Concat(pieces));

    private static IEnumerable<string> Invoked(IEnumerable<(string Function, JsonNode Data)> requests) =>
        requests.Select(request => $"{request.Function} {Placeholders.Request(request.Data["invocation_request"]!)}");
}
