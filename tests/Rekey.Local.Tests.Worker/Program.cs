using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Rekey.Local.Tests.Worker;

if (Environment.GetEnvironmentVariable("TEST_EXIT_AT_START") is { } code)
{
    await Console.Error.WriteLineAsync("the worker gives up");
    return int.Parse(code);
}

if (Environment.GetEnvironmentVariable("TEST_NEVER_CONNECTS") is not null)
{
    await Task.Delay(Timeout.Infinite);
}

// Another program takes the port that this worker has chosen, before it listens there; the first time only.
var mark = Environment.GetEnvironmentVariable("TEST_PORT_IS_TAKEN_ONCE");
using var other = mark is not null && !File.Exists(mark) ? PortThief.Take(mark) : null;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
await builder.Build().RunAsync();
return 0;
