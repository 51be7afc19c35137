using System.Diagnostics;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>05c and 07: slow uploads, large bodies, and clients that hang up.</summary>
public sealed class UploadTests(RecordedApp app) : IClassFixture<RecordedApp>
{
    private static readonly Recording Uploads = Recording.Read("05c-http-uploads");
    private static readonly Recording Large = Recording.Read("07-http-large-and-abort");

    private HostRun Run => app.Run;

    [Theory]
    [InlineData("slow-upload-with-length")]
    [InlineData("slow-upload-json")]
    [InlineData("expect-continue-waiting")]
    public async Task A_body_with_length_is_read_whole_before_anything_goes_to_the_worker(string name)
    {
        var (parts, response) = Parts(name);
        var before = Run.Trace.Count;
        using var client = await RawClient.ConnectAsync(Run.Host.Address);
        await client.SendAsync(parts[0]);
        if (name.StartsWith("expect", StringComparison.Ordinal))
        {
            await client.ReadUntilAsync(text => text == "HTTP/1.1 100 Continue\r\n\r\n");
        }
        else
        {
            // Other calls of the same host come and go meanwhile.
            await Run.Client.GetAsync("/items/meanwhile", TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain(Run.Trace.Lines.Skip(before), line => line.Function == "Echo");
        Assert.DoesNotContain("/echo", Forwarded(before), StringComparison.Ordinal);
        await client.SendAsync(parts[1]);
        Assert.Equal(Placeholders.In(response), Placeholders.In(await client.ReadToEndAsync()));
        Assert.Contains(
            Placeholders.In(
                string.Concat(
                    Between(Uploads, name)
                        .Where(line => line.Type == "bytes" && line.Direction == "host->worker.http")
                        .Select(line => line.Text)
                )
            ),
            Placeholders.In(Forwarded(before)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_chunked_body_is_forwarded_and_invoked_at_once()
    {
        var (parts, response) = Parts("slow-upload-chunked");
        var before = Run.Trace.Count;
        using var client = await RawClient.ConnectAsync(Run.Host.Address);
        await client.SendAsync(parts[0]);
        await Poll.UntilAsync(() =>
            Run.Trace.Lines.Skip(before).Any(line => line is { Type: "InvocationRequest", Function: "Echo" })
            && Forwarded(before).Contains("POST /echo", StringComparison.Ordinal)
        );
        await client.SendAsync(parts[1]);
        Assert.Equal(Placeholders.In(response), Placeholders.In(await client.ReadToEndAsync()));

        // Chunks that arrive together may go on as one (RFC 9112 §7.1).
        Assert.Matches("\r\n\r\n(3\r\nabc\r\n3\r\ndef|6\r\nabcdef)\r\n0\r\n\r\n$", Forwarded(before));
    }

    [Theory]
    [InlineData("post-1MB")]
    [InlineData("post-29MB")]
    [InlineData("post-3MB-chunked")]
    [InlineData("post-31MB")]
    [InlineData("post-101MB")]
    public async Task A_large_body_passes_up_to_the_limit_of_the_worker(string name)
    {
        var (request, between, response) = Large.Exchange(name);
        var before = Run.Trace.Count;
        var elapsed = Stopwatch.StartNew();
        using var client = await RawClient.ConnectAsync(Run.Host.Address);
        var head = request[..request.IndexOf("(z", StringComparison.Ordinal)];
        await client.SendAsync(head);
        var length = head.Contains("chunked", StringComparison.Ordinal)
            ? 3_000_000
            : long.Parse(head.Split("Content-Length: ")[1].Split('\r')[0]);
        await client.SendAsync((byte)'z', length);
        if (head.Contains("chunked", StringComparison.Ordinal))
        {
            await client.SendAsync("\r\n0\r\n\r\n");
        }

        Assert.Equal(Placeholders.In(response!), Placeholders.In(await client.ReadToEndAsync()));
        Assert.Equal(
            between.Where(line => line.Type == "InvocationRequest").Select(line => Placeholders.Request(line.Data!["invocation_request"]!)),
            Run.Trace.Lines.Skip(before)
                .Where(line => line is { Type: "InvocationRequest", Function: "Echo" })
                .Select(line => Placeholders.Request(line.Data!["invocation_request"]!))
        );
        Assert.Equal(
            Head(
                string.Concat(
                    between.Where(line => line.Direction == "host->worker.http" && line.Type == "bytes").Select(line => line.Text)
                )
            ),
            Head(Forwarded(before))
        );
        if (response!.StartsWith("HTTP/1.1 500", StringComparison.Ordinal))
        {
            // Ten tries: the first may go over a connection that was there.
            Assert.InRange(Run.Trace.Lines.Skip(before).Count(line => line.Type == "opened"), 9, 10);
            Assert.InRange(elapsed.Elapsed.TotalSeconds, 1.8, 10);
        }
    }

    [Fact]
    public async Task What_is_beyond_the_hosts_own_limit_is_a_500_that_the_worker_never_sees()
    {
        var before = Run.Trace.Count;
        var answer = await RawClient.ExchangeAsync(
            Run.Host.Address,
            "POST /echo HTTP/1.1\r\nHost: rec.example.org:8080\r\nContent-Length: 110000000\r\nConnection: close\r\n\r\nzzz"
        );
        Assert.StartsWith("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Run.Trace.Lines.Skip(before), line => line.Function == "Echo");
    }

    [Theory]
    [InlineData("abort-slow", "Slow sees FunctionContext.CancellationToken", "Slow sees its token cancelled")]
    [InlineData("abort-stuck", "Stuck sees FunctionContext.CancellationToken", "Stuck sees RequestAborted", "Stuck ends")]
    public async Task A_client_that_hangs_up_cancels_the_function(string name, params string[] seen)
    {
        var function = name == "abort-slow" ? "Slow" : "Stuck";
        var before = Run.Trace.Count;
        using (var client = await RawClient.ConnectAsync(Run.Host.Address))
        {
            await client.SendAsync(Large.Exchange(name).Request);
            await Run.Trace.AppAsync(function == "Slow" ? "Slow begins 8" : "Stuck begins 5");
            client.Abort();
        }

        await Run.Trace.WaitAsync("InvocationResponse", function, 1);
        foreach (var text in seen)
        {
            await Run.Trace.AppAsync(text);
        }

        await Poll.UntilAsync(() => Run.Trace.Lines.Skip(before).Any(line => line.Type == "closed"));
        var ours = Run.Trace.Lines.Skip(before).ToList();
        Assert.Single(ours, line => line is { Type: "InvocationCancel" } && line.Function == function);
        Assert.Equal(
            Result(Between(Large, name).First(line => line.Type == "InvocationResponse").Data!),
            Result(ours.Single(line => line.Type == "InvocationResponse" && line.Function == function).Data!)
        );
        var cancelled = ours.First(line => line.Type == "InvocationCancel").Time;
        Assert.InRange(ours.First(line => line.Type == "closed").Time.TotalSeconds, cancelled.TotalSeconds - 1, cancelled.TotalSeconds + 1);
    }

    [Fact]
    public async Task An_upload_that_is_broken_off_never_reaches_the_worker()
    {
        var before = Run.Trace.Count;
        using (var client = await RawClient.ConnectAsync(Run.Host.Address))
        {
            await client.SendAsync(Large.Exchange("abort-half-body").Request);
            await Run.Client.GetAsync("/items/meanwhile", TestContext.Current.CancellationToken);
            client.Abort();
        }

        var (request, _, response) = Large.Exchange("after");
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(Run.Host.Address, request)));
        Assert.DoesNotContain(Run.Trace.Lines.Skip(before), line => line.Function == "Echo");
    }

    private static string? Result(System.Text.Json.Nodes.JsonNode data) => (string?)data["invocation_response"]!["result"]!["status"];

    private static string Head(string text) => Placeholders.In(text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)]);

    private static (List<string> Parts, string Response) Parts(string name) =>
        (
            [.. Uploads.Lines.Where(line => line.Event == "client sends a part" && line.Name == name).Select(line => line.Text)],
            Uploads.Lines.Single(line => line.Event == "client response" && line.Name == name).Text
        );

    private static IEnumerable<RecordedLine> Between(Recording recording, string name) =>
        recording
            .Lines.SkipWhile(line => line.Name != name)
            .TakeWhile(line =>
                line.Direction != "driver"
                || line.Name.Length == 0
                || line.Name == name
                || line.Event.StartsWith("client aborted", StringComparison.Ordinal)
            );

    private string Forwarded(int from) =>
        string.Concat(
            Run.Trace.Lines.Skip(from)
                .Where(line => line is { Direction: "host->worker.http", Type: "bytes" })
                .Select(line => (string)line.Data!["text"]!)
        );
}
