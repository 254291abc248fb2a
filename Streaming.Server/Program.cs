using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Streaming.Rtc.Net;
using Streaming.Server;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;
using Streaming.Server.CommandLine;
using Streaming.Server.Http;
using Streaming.Server.Media;
using Streaming.Server.Placement;
using Streaming.Server.Presence;
using Streaming.Server.Stills;
using Streaming.Server.Stores;
using Streaming.Server.Telemetry;
using Streaming.Server.Webhooks;

var command = ServerCommand.Read(args);
if (command.Verb is not (ServerVerb.Run or ServerVerb.Demo))
{
    return command.Execute(Console.Out, Console.Error);
}

// The program's own folder holds its pages and settings; the working directory is where the data goes.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = command.Options,
    ContentRootPath = args.Any(arg => arg.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase)) ? null : AppContext.BaseDirectory,
});

builder.AddStreamingOptions();
builder.AddTelemetry(isForReading: command.Verb == ServerVerb.Demo || !Console.IsOutputRedirected);
builder.AddHttp();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(Console.Out);
builder.Services.AddAccess();
builder.Services.AddClassStore();
builder.Services.AddPlacement();
builder.Services.AddAttendance();
builder.Services.AddWebhooks();
builder.Services.AddClassrooms();
builder.Services.AddMedia();
builder.Services.AddStills();
builder.Services.AddSingleton(new DemoMode(command.Verb == ServerVerb.Demo));
builder.Services.AddSingleton<DemoClass>();
builder.Services.AddHostedService<Greeting>();

try
{
    await using var app = builder.Build();

    // Opened before the host starts: what is wrong with them is then said alone, without the host's stack trace around it.
    app.Services.GetRequiredService<DataDirectory>();
    app.Services.GetRequiredService<Journal>();
    app.Services.GetRequiredService<RtcWorkerPool>();

    app.UseProblems();
    app.UsePages();
    app.UseRouting();
    app.UseCors();
    app.UseAuthentication();
    app.UseAuthorization();

    app.MapClassrooms();
    app.MapWhipAndWhep();
    app.MapStills();
    app.MapTickets();
    app.MapHomes();
    app.MapAttendance();
    app.MapRecords();
    app.MapPresence();
    app.MapDemo();
    app.MapHealth();
    app.MapPages();
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException invalid)
{
    foreach (var failure in invalid.Failures)
    {
        Console.Error.WriteLine(failure);
    }

    return 2;
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    Console.Error.WriteLine($"{taken.Message} Write another address, for example --urls http://localhost:8081.");
    return 1;
}
catch (MediaPortException taken)
{
    Console.Error.WriteLine(taken.Message);
    return 1;
}
catch (SqliteException unusable)
{
    Console.Error.WriteLine(
        $"The ledger in the data directory cannot be opened: {LedgerHealth.Describe(unusable)} Restore ledger/ledger.db, or move the folder ledger aside to begin a new one.");
    return 1;
}
catch (InvalidDataException later)
{
    Console.Error.WriteLine(later.Message);
    return 1;
}
catch (DataDirectoryException unusable)
{
    Console.Error.WriteLine(unusable.Message);
    return 1;
}
