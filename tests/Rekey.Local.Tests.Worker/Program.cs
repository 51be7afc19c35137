using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

if (Environment.GetEnvironmentVariable("TEST_EXIT_AT_START") is { } code)
{
    await Console.Error.WriteLineAsync("the worker gives up");
    return int.Parse(code);
}

if (Environment.GetEnvironmentVariable("TEST_NEVER_CONNECTS") is not null)
{
    await Task.Delay(Timeout.Infinite);
}

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
await builder.Build().RunAsync();
return 0;
