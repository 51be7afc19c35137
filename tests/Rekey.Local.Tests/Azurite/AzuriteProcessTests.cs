using System.Diagnostics;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Rekey.Local.Azurite;
using Rekey.Local.Processes;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Azurite;

public sealed class AzuriteProcessTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blobs_and_queues_answer_to_the_connection_string()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, $"c{Guid.NewGuid():N}");
        await container.CreateAsync(cancellationToken: Cancellation);
        await container.UploadBlobAsync("b", BinaryData.FromString("hello"), Cancellation);
        var queue = new QueueClient(azurite.ConnectionString, $"q{Guid.NewGuid():N}");
        await queue.CreateAsync(cancellationToken: Cancellation);
        await queue.SendMessageAsync("work", Cancellation);

        Assert.Equal("hello", (await container.GetBlobClient("b").DownloadContentAsync(Cancellation)).Value.Content.ToString());
        Assert.Equal("work", (await queue.ReceiveMessageAsync(cancellationToken: Cancellation)).Value.MessageText);
    }

    [Fact]
    public async Task The_table_service_answers()
    {
        using var http = new HttpClient();
        // Without a signature it refuses, and a refusal is an answer.
        using var answer = await http.GetAsync(new Uri(azurite.Process.TableEndpoint + "/Tables"), Cancellation);
        Assert.True(answer.Headers.Contains("x-ms-request-id"));
    }

    [Fact]
    public async Task Dispose_should_end_the_process()
    {
        var second = await AzuriteProcess.StartAsync(cancellationToken: Cancellation);
        using var process = Process.GetProcessById(second.ProcessId);
        await second.DisposeAsync();
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Data_folder_should_keep_data_over_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("rekey-azurite-").FullName;
        try
        {
            await using (var first = await AzuriteProcess.StartAsync(new AzuriteOptions { DataFolder = folder }, Cancellation))
            {
                await new BlobContainerClient(first.ConnectionString, "kept").CreateAsync(cancellationToken: Cancellation);
                // Azurite writes its index every few seconds and when it is asked to end.
                await Poll.UntilAsync(() =>
                    File.Exists(Path.Combine(folder, "__azurite_db_blob__.json"))
                    && File.ReadAllText(Path.Combine(folder, "__azurite_db_blob__.json")).Contains("kept", StringComparison.Ordinal)
                );
            }

            await using var again = await AzuriteProcess.StartAsync(new AzuriteOptions { DataFolder = folder }, Cancellation);
            Assert.True(await new BlobContainerClient(again.ConnectionString, "kept").ExistsAsync(Cancellation));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Closing_the_pipe_should_end_the_runner()
    {
        var node = ExecutableSearch.OnPath("node")!;
        var stub = Path.Combine(Directory.CreateTempSubdirectory("rekey-runner-").FullName, "server.js");
        await File.WriteAllTextAsync(
            stub,
            "setInterval(() => {}, 1000); console.log('up', process.argv.slice(2).join(' '));",
            Cancellation
        );
        var up = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var child = ChildProcess.Start(
            new ChildProcessStart(
                node,
                [Path.Combine(AzuriteInstallation.ShippedManifest, "run.mjs"), stub, "--x", "1"],
                Path.GetTempPath()
            )
            {
                HoldStandardInput = true,
                OnOutput = line => up.TrySetResult(line),
            }
        );
        Assert.Equal("up --x 1", await up.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));

        child.Input.Close();

        Assert.Equal(0, await child.Exited.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
    }
}
